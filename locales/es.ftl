# Spanish messages of the server and of the page.
#
# One message per event code, with the code as its id; one per error code, `error-CODE`;
# the page's own texts, `page-…`. Only params that a code always has are used, so every
# message reads well whatever else is missing. Numbers arrive raw. PLURAL() gives the
# plural category of a number and is registered by whoever renders.


## Events: setup

BUILD_QUEUED = En la cola de espera, posición { NUMBER($queuePosition) }.
BUILD_STARTED =
    { $isRetry ->
        [true] Compilación iniciada de nuevo, intento { NUMBER($attemptNumber) }.
       *[other] Compilación iniciada.
    }
BUILD_VALIDATING =
    { PLURAL($count) ->
        [one] Comprobando { NUMBER($count) } archivo.
        [many] Comprobando { NUMBER($count) } de archivos.
       *[other] Comprobando { NUMBER($count) } archivos.
    }
BUILD_FRAMEWORK_DETECTING = Detectando el framework.


## Events: development

BUILD_DEVELOPMENT_STARTING =
    { $isRetry ->
        [true] Trabajando de nuevo en el código, intento { NUMBER($attemptNumber) }.
       *[other] Empezando a trabajar en el código.
    }
BUILD_CODE_GENERATING = Escribiendo código con { $provider }.
BUILD_CODE_REVIEWING =
    { PLURAL($count) ->
        [one] Revisando { NUMBER($count) } archivo.
        [many] Revisando { NUMBER($count) } de archivos.
       *[other] Revisando { NUMBER($count) } archivos.
    }
BUILD_CODE_APPLYING = Aplicando cambios, { NUMBER($step) } de { NUMBER($total) }.
BUILD_DEVELOPMENT_COMPLETE =
    { PLURAL($count) ->
        [one] El código está listo: { NUMBER($count) } archivo en { NUMBER($duration, maximumFractionDigits: 1) } s.
        [many] El código está listo: { NUMBER($count) } de archivos en { NUMBER($duration, maximumFractionDigits: 1) } s.
       *[other] El código está listo: { NUMBER($count) } archivos en { NUMBER($duration, maximumFractionDigits: 1) } s.
    }


## Events: dependencies

BUILD_DEPENDENCIES_ANALYZING =
    { PLURAL($count) ->
        [one] { $packageManager }: { NUMBER($count) } dependencia declarada.
        [many] { $packageManager }: { NUMBER($count) } de dependencias declaradas.
       *[other] { $packageManager }: { NUMBER($count) } dependencias declaradas.
    }
BUILD_DEPENDENCIES_INSTALLING = Instalando con { $packageManager }, { NUMBER($step) } de { NUMBER($total) }.
BUILD_DEPENDENCIES_CACHED =
    { PLURAL($count) ->
        [one] { NUMBER($count) } paquete obtenido de la caché.
        [many] { NUMBER($count) } de paquetes obtenidos de la caché.
       *[other] { NUMBER($count) } paquetes obtenidos de la caché.
    }
BUILD_DEPENDENCIES_COMPLETE =
    { PLURAL($packagesInstalled) ->
        [one] { NUMBER($packagesInstalled) } paquete listo en { NUMBER($duration, maximumFractionDigits: 1) } s.
        [many] { NUMBER($packagesInstalled) } de paquetes listos en { NUMBER($duration, maximumFractionDigits: 1) } s.
       *[other] { NUMBER($packagesInstalled) } paquetes listos en { NUMBER($duration, maximumFractionDigits: 1) } s.
    }


## Events: build

BUILD_COMPILING = Compilando ({ $framework }).
BUILD_BUNDLING =
    { PLURAL($count) ->
        [one] Reuniendo { NUMBER($count) } archivo de salida.
        [many] Reuniendo { NUMBER($count) } de archivos de salida.
       *[other] Reuniendo { NUMBER($count) } archivos de salida.
    }
BUILD_OPTIMIZING = Optimizando archivos, { NUMBER($step) } de { NUMBER($total) }.


## Events: deploy

BUILD_DEPLOYING = Desplegando una nueva versión.
BUILD_DEPLOY_PREPARING =
    { PLURAL($count) ->
        [one] Empaquetando { NUMBER($count) } archivo
        [many] Empaquetando { NUMBER($count) } de archivos
       *[other] Empaquetando { NUMBER($count) } archivos
    }, { PLURAL($artifactSize) ->
        [one] { NUMBER($artifactSize) } byte
        [many] { NUMBER($artifactSize) } de bytes
       *[other] { NUMBER($artifactSize) } bytes
    }.
BUILD_DEPLOY_UPLOADING =
    { PLURAL($total) ->
        [one] Almacenando la versión, { NUMBER($step) } de { NUMBER($total) } byte.
        [many] Almacenando la versión, { NUMBER($step) } de { NUMBER($total) } de bytes.
       *[other] Almacenando la versión, { NUMBER($step) } de { NUMBER($total) } bytes.
    }
BUILD_PREVIEW_PREPARING = Preparando la vista previa.
BUILD_DEPLOY_ACTIVATING = Cambiando la vista previa a la nueva versión.


## Events: metadata

BUILD_METADATA_GENERATING = Examinando el resultado.
BUILD_RECOMMENDATIONS_GENERATED =
    { PLURAL($count) ->
        [one] { NUMBER($count) } recomendación para este sitio.
        [many] { NUMBER($count) } de recomendaciones para este sitio.
       *[other] { NUMBER($count) } recomendaciones para este sitio.
    }
BUILD_METADATA_COMPLETE = La revisión del sitio ha terminado.


## Events: the end of a build

BUILD_COMPLETED = Compilación finalizada en { NUMBER($duration, maximumFractionDigits: 1) } s.
BUILD_FAILED = La compilación ha fallado.
BUILD_TIMEOUT = La compilación se detuvo a los { NUMBER($duration, maximumFractionDigits: 0) } s, su límite de tiempo.
BUILD_CANCELLED = La compilación se ha cancelado.


## Events: rollback

ROLLBACK_STARTED = Reversión iniciada.
ROLLBACK_VALIDATING = Comprobando la versión anterior.
ROLLBACK_PREVIEW_UPDATING = Cambiando la vista previa a la versión anterior.
ROLLBACK_ARTIFACT_DOWNLOADING =
    { PLURAL($artifactSize) ->
        [one] Obteniendo la versión anterior, { NUMBER($artifactSize) } byte.
        [many] Obteniendo la versión anterior, { NUMBER($artifactSize) } de bytes.
       *[other] Obteniendo la versión anterior, { NUMBER($artifactSize) } bytes.
    }
ROLLBACK_WORKING_DIR_SYNCING = Restaurando archivos, { NUMBER($step) } de { NUMBER($total) }.
ROLLBACK_COMPLETED = Reversión finalizada en { NUMBER($duration, maximumFractionDigits: 1) } s.
ROLLBACK_FAILED = La reversión ha fallado.


## Errors

error-AI_LIMIT_REACHED =
    { PLURAL($retryAfter) ->
        [one] Se ha alcanzado el límite del proveedor de IA. Inténtelo de nuevo dentro de { NUMBER($retryAfter) } segundo.
        [many] Se ha alcanzado el límite del proveedor de IA. Inténtelo de nuevo dentro de { NUMBER($retryAfter) } de segundos.
       *[other] Se ha alcanzado el límite del proveedor de IA. Inténtelo de nuevo dentro de { NUMBER($retryAfter) } segundos.
    }
error-INSUFFICIENT_BALANCE = El saldo es insuficiente: necesario { NUMBER($requiredBalance) }, saldo actual { NUMBER($currentBalance) }.
error-INSUFFICIENT_CREDITS = Créditos insuficientes: se necesitan { NUMBER($required) } y hay { NUMBER($available) } disponibles.
error-RATE_LIMITED =
    { PLURAL($retryAfter) ->
        [one] Demasiadas solicitudes. Inténtelo de nuevo dentro de { NUMBER($retryAfter) } segundo.
        [many] Demasiadas solicitudes. Inténtelo de nuevo dentro de { NUMBER($retryAfter) } de segundos.
       *[other] Demasiadas solicitudes. Inténtelo de nuevo dentro de { NUMBER($retryAfter) } segundos.
    }
error-BUILD_ALREADY_RUNNING = Ya hay una compilación de este proyecto en curso.
error-INVALID_STATE_TRANSITION = No se puede pasar de «{ $from }» a «{ $to }».
error-IDEMPOTENCY_KEY_REUSED = Esta clave de idempotencia ya se utilizó en otra solicitud.
error-IDEMPOTENCY_IN_PROGRESS = La misma solicitud aún se está procesando. Inténtelo de nuevo dentro de unos instantes.
error-ROLLBACK_IN_PROGRESS = Hay una reversión de este proyecto en curso.
error-VERSION_NOT_ELIGIBLE = Esta versión no se puede utilizar aquí.
error-BUILD_FAILED = La compilación ha fallado.
error-BUILD_TIMEOUT = La compilación ha superado el tiempo permitido.
error-ROLLBACK_FAILED = La reversión ha fallado.
error-AUTH_FAILED = No se han aceptado las credenciales de la solicitud.
error-AUTH_EXPIRED = El token de acceso ha caducado.
error-FORBIDDEN = Esta acción no está permitida.
error-NOT_FOUND =
    No se ha encontrado: { $resource ->
        [build] compilación
        [project] proyecto
        [version] versión
        [rollback] reversión
        [artifact] artefacto
        [file] archivo
        [path] dirección
        [preview] vista previa
        [reservation] reserva
        [user] usuario
        [locale] idioma
        [replay] repetición
        [recording] grabación
       *[other] { $resource }
    }.
error-PAYLOAD_TOO_LARGE =
    { PLURAL($limit) ->
        [one] La solicitud supera { NUMBER($limit) } byte.
        [many] La solicitud supera { NUMBER($limit) } de bytes.
       *[other] La solicitud supera { NUMBER($limit) } bytes.
    }
error-NETWORK_TIMEOUT = Otro servicio no ha respondido a tiempo.
error-PROVIDER_UNAVAILABLE = El proveedor de IA no está disponible.
error-QUOTA_EXCEEDED = Se ha agotado una cuota.
error-INVALID_INPUT = La solicitud no es válida.
error-VALIDATION_FAILED = Algunos de los valores no son válidos.
error-METHOD_NOT_ALLOWED = Esta dirección no admite ese método.
error-UNSUPPORTED_MEDIA_TYPE = El tipo del cuerpo de la solicitud no es compatible.
error-NOT_ACCEPTABLE = No se puede ofrecer ninguno de los tipos aceptados.
error-SERVICE_UNAVAILABLE =
    { PLURAL($retryAfter) ->
        [one] El servicio no está disponible. Inténtelo de nuevo dentro de { NUMBER($retryAfter) } segundo.
        [many] El servicio no está disponible. Inténtelo de nuevo dentro de { NUMBER($retryAfter) } de segundos.
       *[other] El servicio no está disponible. Inténtelo de nuevo dentro de { NUMBER($retryAfter) } segundos.
    }
error-INTERNAL_ERROR = Se ha producido un error en el servidor.


## Page: frame

page-tagline = Compile un proyecto y siga cada paso en directo.
page-api-reference = Referencia de la API
page-skip = Ir a la vista
page-environment = { $environment } { $version }
page-views = Vistas
page-view-build = Compilación
page-view-projects = Proyectos
page-view-account = Saldo
page-view-qa = QA
page-view-events = Eventos
page-language = Idioma
page-view-lost = No se ha podido cargar esta vista. El resto de la página sigue funcionando.
page-view-renewed = La página se ha renovado en el servidor. Vuelva a cargarla para ver esta vista.
page-reload = Volver a cargar la página


## Page: login

page-login-heading = Iniciar sesión
page-login-intro = Abra esta página desde su aplicación, que le trae aquí con una dirección que inicia la sesión. O introduzca el token que ha recibido.
page-login-token = Token, o la dirección que lo contiene
page-login-hint = Un token sirve una sola vez y durante unos minutos.
page-login-unread = Este no es un token con el que se pueda iniciar sesión.
page-login-as = ¿Iniciar sesión como { $user }?
page-login-instead = Ha iniciado sesión como { $now }. ¿Iniciar sesión como { $user } en su lugar?
page-login-in = Iniciar sesión
page-login-out = Cerrar sesión
page-login-failed = No se ha podido iniciar sesión
page-login-needless = Este servidor no requiere inicio de sesión: en modo de desarrollo puede usarlo cualquiera en este equipo.

## Page: project

page-project-heading = Proyecto
page-source-legend = Qué compilar
page-source-static-site = Sitio estático
page-source-static-site-hint = HTML, CSS, sin paso de compilación
page-source-vite-app = Proyecto Vite
page-source-vite-app-hint = npm install y después la compilación
page-source-own = Sus archivos
page-source-own-hint = Una carpeta o un .zip
page-source-last = Último proyecto
page-source-last-hint = Modificado por una instrucción
page-source-last-none = Tras la primera compilación
page-files-summary =
    { PLURAL($count) ->
        [one] { NUMBER($count) } archivo, { $size }
        [many] { NUMBER($count) } de archivos, { $size }
       *[other] { NUMBER($count) } archivos, { $size }
    }
page-files-more =
    { PLURAL($count) ->
        [one] y { NUMBER($count) } archivo más
        [many] y { NUMBER($count) } de archivos más
       *[other] y { NUMBER($count) } archivos más
    }
page-files-skipped =
    { PLURAL($count) ->
        [one] { NUMBER($count) } elemento omitido: { $names }
        [many] { NUMBER($count) } de elementos omitidos: { $names }
       *[other] { NUMBER($count) } elementos omitidos: { $names }
    }
page-files-list-label = Archivos para compilar
page-drop-hint = Suelte aquí una carpeta o un .zip, o
page-pick-folder = Elegir una carpeta
page-pick-zip = Elegir un .zip
page-files-remove = Quitar
page-files-empty = Esta selección no contiene archivos.
page-files-unreadable = No se ha podido leer un archivo. Puede haber cambiado desde que se eligió: elija de nuevo.
page-files-too-large = Estos archivos ocupan { $size }. Se pueden enviar como máximo { $limit }.
page-files-zip-too-large = Este .zip ocupa { $size }. Como .zip se pueden enviar como máximo { $limit }.
page-files-zip-alone = Un .zip se compila por sí solo: elíjalo sin nada más, o elija una carpeta.
page-files-none = No se ha elegido nada, o la carpeta está vacía.
page-files-needed = Elija primero una carpeta o un .zip.
page-sample-lost = No se ha podido cargar el ejemplo.
page-name-label = Nombre del proyecto
page-prompt-label = Qué cambiar (opcional)
page-prompt-label-needed = Qué cambiar
page-prompt-hint = Un proveedor de IA recibe los archivos y los modifica según estas palabras antes de la compilación.
page-prompt-last-files = El servidor tiene sus últimos archivos. Escriba qué cambiar en ellos: no hace falta volver a enviar nada.
page-prompt-count = { NUMBER($count) } de { NUMBER($limit) }
page-prompt-too-long =
    { PLURAL($count) ->
        [one] { NUMBER($count) } carácter de más.
        [many] { NUMBER($count) } de caracteres de más.
       *[other] { NUMBER($count) } caracteres de más.
    }
page-prompt-control-character = El texto contiene un carácter de control que no se puede enviar.
page-prompt-needed = Escriba primero qué cambiar.
page-prompt-cost = Una compilación con instrucción reserva { $credits } y, si termina bien, paga lo que usó. Disponible: { $available }.
page-prompt-cost-short = Insuficiente para una instrucción, que reserva { $credits }. Disponible: { $available }.
page-prompt-account = Ver el saldo
page-prompt-again = Para seguir modificándolo, elija el último proyecto y escriba qué cambiar.
page-start = Iniciar compilación
page-start-again = Compilar de nuevo
page-starting = Iniciando…
page-needs-development = Para iniciar compilaciones desde esta página, el servidor debe estar en modo de desarrollo. La referencia de la API muestra cómo iniciar una con una solicitud firmada.
page-server-silent = El servidor no responde.
page-retry = Reintentar


## Page: build

page-build-heading = Compilación
page-build-empty = Aún no hay ninguna compilación
page-build-empty-hint = Elija un proyecto e inicie la compilación. Cada paso se mostrará aquí en directo.
page-state-connecting = Conectando
page-state-live = En directo
page-state-reconnecting = Reconectando
page-state-ended = Finalizado
page-progress-label = Progreso de la compilación
page-progress-value = { NUMBER($percent, maximumFractionDigits: 0) } %
page-phases-label = Fases
page-phase-setup = Preparación
page-phase-development = Desarrollo
page-phase-dependencies = Dependencias
page-phase-build = Compilación
page-phase-deploy = Despliegue
page-phase-metadata = Metadatos
page-phase-rollback = Reversión
page-phase-state-pending = En espera
page-phase-state-active = En curso
page-phase-state-done = Completada
page-phase-state-failed = Fallida
page-phase-state-cancelled = Cancelada
page-phase-state-skipped = No necesaria
page-phase-state-unreached = No alcanzada
page-seconds = { NUMBER($seconds, maximumFractionDigits: 1) } s
page-events-heading = Eventos
page-events-count =
    { PLURAL($count) ->
        [one] { NUMBER($count) } evento
        [many] { NUMBER($count) } de eventos
       *[other] { NUMBER($count) } eventos
    }
page-events-repeated =
    { PLURAL($count) ->
        [one] { NUMBER($count) } vez
        [many] { NUMBER($count) } de veces
       *[other] { NUMBER($count) } veces
    }
page-events-params = Parámetros de { $code }
page-events-none = Aún no ha ocurrido nada.
page-events-waiting = Esperando el primer evento…
page-event-number = Evento { NUMBER($seq) }
page-stream-lost = Se ha perdido la conexión y se está intentando restablecer. Lo que ve puede no estar al día.
page-stream-back = La conexión se ha restablecido. La compilación continúa donde estaba.
page-queue-heading = Esperando su turno
page-queue-position = Puesto { NUMBER($position) } en la cola
page-queue-end = Fin previsto: { $time }
page-cancel = Cancelar la compilación
page-cancelling = Cancelando…
page-cancel-heading = ¿Cancelar esta compilación?
page-cancel-text = Lo hecho hasta ahora se pierde. La versión publicada queda como está.
page-cancel-keep = Seguir compilando
page-cancel-confirm = Cancelar
page-cancel-refused = La compilación no se ha cancelado.
page-log-heading = Registro
page-log-count =
    { PLURAL($count) ->
        [one] { NUMBER($count) } línea
        [many] { NUMBER($count) } de líneas
       *[other] { NUMBER($count) } líneas
    }
page-log-dropped =
    { PLURAL($count) ->
        [one] No se muestra { NUMBER($count) } línea anterior.
        [many] No se muestran { NUMBER($count) } de líneas anteriores.
       *[other] No se muestran { NUMBER($count) } líneas anteriores.
    }
page-log-none = Los comandos no han escrito nada.
page-log-waiting = Aún no se ha escrito nada.
page-log-follow = Ir al final
page-build-address = Dirección propia de esta compilación:
page-watch = Seguir la compilación
page-watch-ended = Ver la compilación
page-watch-project = Versiones del proyecto
page-watch-closed = Para mostrar una compilación en esta página, el servidor debe estar en modo de desarrollo.
page-watch-none = No existe esa compilación
page-watch-none-hint = Puede que la dirección no sea correcta o que la compilación sea de otro usuario.
page-watch-unread = No se ha podido leer la compilación


## Page: outcome

page-waiting-heading = Compilando
page-success-heading = Su vista previa está lista
page-open-preview = Abrir vista previa
page-failed-heading = La compilación ha fallado
page-timeout-heading = La compilación ha tardado demasiado
page-cancelled-heading = La compilación se ha cancelado
page-outcome-phase = Fase
page-outcome-reason = Motivo
page-outcome-exit-code = Código de salida
page-outcome-recoverable = Es posible que funcione al compilar de nuevo.
page-lost-heading = Ya no se puede seguir esta compilación
page-stream-gap =
    { PLURAL($count) ->
        [one] Se ha perdido { NUMBER($count) } evento.
        [many] Se han perdido { NUMBER($count) } de eventos.
       *[other] Se han perdido { NUMBER($count) } eventos.
    }
page-choose-again = Elija de nuevo los archivos para volver a compilar este proyecto.


## Page: projects

page-projects-heading = Proyectos
page-projects-refresh = Actualizar
page-projects-loading = Leyendo…
page-projects-closed = Para mostrar proyectos en esta página, el servidor debe estar en modo de desarrollo.
page-projects-unread = No se han podido leer los proyectos
page-projects-empty = Todavía no hay proyectos. La primera compilación crea uno.
page-projects-start = Ir a la compilación
page-projects-more = Mostrar más
page-projects-preview-of = Abrir vista previa de { $name }
page-projects-watch-of = Seguir la compilación de { $name }
page-projects-state-queued = En espera
page-projects-state-building = Compilando
page-projects-state-deployed = Compilado
page-projects-state-failed = Ha fallado
page-projects-state-cancelled = Cancelado
page-projects-count =
    { PLURAL($count) ->
        [one] { NUMBER($count) } proyecto
        [many] { NUMBER($count) } de proyectos
       *[other] { NUMBER($count) } proyectos
    }


## Page: versions

page-versions-heading = Versiones
page-versions-back = Todos los proyectos
page-versions-unread = No se han podido leer las versiones
page-versions-empty = Todavía no hay versiones. Una compilación que termina bien crea una.
page-versions-previewed = En la vista previa
page-versions-published = Publicada
page-versions-deploying = Reversión en curso
page-versions-failed = No desplegada
page-versions-size = Tamaño
page-versions-framework = Framework
page-versions-kept = Archivos hasta
page-versions-kept-longer = y mientras esté publicada o en la vista previa
page-versions-recommendations = Qué la mejoraría
page-recommendation-missing_title = Una página no tiene título: su pestaña y los buscadores no tienen nada que mostrar.
page-recommendation-missing_viewport = Una página no indica que se adapta a pantallas pequeñas: un teléfono la muestra diminuta.
page-recommendation-missing_lang = Una página no indica su idioma: puede leerse en voz alta en otro.
page-recommendation-missing_alt = Una imagen no tiene texto alternativo: quien no puede verla no sabe nada de ella.
page-recommendation-no_index = No hay index.html: la dirección del sitio no tiene ninguna página que mostrar.
page-recommendation-no_lock_file = No hay archivo de bloqueo: cada compilación puede instalar otras versiones de los paquetes.
page-recommendation-oversized_image = Una imagen es muy grande: una más pequeña se cargaría antes.
page-versions-preview = Vista previa
page-versions-publish = Publicar
page-versions-unpublish = Retirar publicación
page-versions-rollback = Revertir
page-versions-download = Descargar
page-versions-cancel = Cancelar
page-versions-ask-rollback = ¿Revertir a { $version }?
page-versions-ask-rollback-text = La vista previa muestra esa versión enseguida y sus archivos pasan a ser los del proyecto. Una vez iniciada, no se puede detener.
page-versions-ask-unpublish = ¿Retirar la publicación de { $version }?
page-versions-ask-unpublish-text = Su dirección pública dejará de mostrar nada. La versión permanece en el historial.
page-versions-refused = No se ha hecho
page-versions-busy = El proyecto tiene una compilación o una reversión en curso.
page-versions-done-publish = { $version } está publicada.
page-versions-done-unpublish = { $version } ya no está publicada.
page-versions-done-download = Se está descargando { $version }.
page-versions-progress = Progreso de la reversión
page-versions-live = Abrir el sitio publicado
page-versions-reason-artifact_missing = Sus archivos ya no están guardados.
page-versions-reason-artifact_expired = El plazo de conservación de sus archivos ha terminado.
page-versions-reason-already_published = Está publicada.
page-versions-reason-deployment_failed = No está desplegada.
page-versions-left =
    { PLURAL($count) ->
        [one] queda { NUMBER($count) } día
        [many] quedan { NUMBER($count) } de días
       *[other] quedan { NUMBER($count) } días
    }


## Page: account

page-account-heading = Saldo
page-account-closed = Para mostrar un saldo en esta página, el servidor debe estar en modo de desarrollo.
page-account-unread = No se ha podido leer el saldo
page-account-usage-unread = No se ha podido leer el consumo
page-account-as-of = A fecha de { $time }
page-account-available = Disponible
page-account-credits =
    { PLURAL($count) ->
        [one] { NUMBER($count) } crédito
        [many] { NUMBER($count) } de créditos
       *[other] { NUMBER($count) } créditos
    }
page-account-unit = Un crédito es un segundo de trabajo del proveedor de IA.
page-account-bucket-dailyGift = Regalo diario
page-account-bucket-welcomeBonus = Bono de bienvenida
page-account-bucket-paid = Pagados
page-account-held = Reservados
page-account-held-shown = Reservados según las líneas mostradas
page-account-used-today = Usados hoy (UTC)
page-account-used-ever = Usados en total
page-account-lapse =
    { PLURAL($count) ->
        [one] { NUMBER($count) } crédito del regalo diario caduca el { $time } si no se usa.
        [many] { NUMBER($count) } de créditos del regalo diario caducan el { $time } si no se usan.
       *[other] { NUMBER($count) } créditos del regalo diario caducan el { $time } si no se usan.
    }
page-account-lapse-none = No hay créditos a punto de caducar.
page-account-usage = Consumo
page-account-range = Período
page-account-days =
    { PLURAL($count) ->
        [one] { NUMBER($count) } día
        [many] { NUMBER($count) } de días
       *[other] { NUMBER($count) } días
    }
page-account-period = Del { $from } al { $to }, por días en UTC
page-account-credits-by-day = Créditos usados por día
page-account-credits-none = No se han usado créditos en este período.
page-account-builds-by-day = Compilaciones por día y resultado
page-account-builds-none = No se ha iniciado ninguna compilación en este período.
page-account-builds =
    { PLURAL($count) ->
        [one] { NUMBER($count) } compilación
        [many] { NUMBER($count) } de compilaciones
       *[other] { NUMBER($count) } compilaciones
    }
page-account-under-way = En curso
page-account-plot-summary = { $heading }, gráfico de barras, del { $from } al { $to }. En total: { $total }. El máximo fue el { $day }: { $most }.
page-account-plot-empty = { $heading }, gráfico de barras, del { $from } al { $to }. Todos los días están a cero.
page-account-figures = Cifras en una tabla
page-account-by-operation = En qué se han usado los créditos
page-account-operation-build = Primera compilación de un proyecto
page-account-operation-update = Compilación posterior de un proyecto
page-account-operation-external = Trabajo fuera de las compilaciones
page-account-charges =
    { PLURAL($count) ->
        [one] { NUMBER($count) } cargo
        [many] { NUMBER($count) } de cargos
       *[other] { NUMBER($count) } cargos
    }
page-account-states = Resultado de las compilaciones
page-account-durations = Duración de las compilaciones
page-account-durations-of =
    { PLURAL($count) ->
        [one] De { NUMBER($count) } compilación terminada, sin la espera.
        [many] De { NUMBER($count) } de compilaciones terminadas, sin la espera.
       *[other] De { NUMBER($count) } compilaciones terminadas, sin la espera.
    }
page-account-durations-none = No ha terminado ninguna compilación en este período.
page-account-median = La mitad tardó como máximo
page-account-percentile = El { NUMBER($percent) } % tardó como máximo
page-account-mean = De media
page-account-failures = Dónde fallaron las compilaciones
page-account-failures-none = No ha fallado ninguna compilación en este período.
page-account-column-builds = Compilaciones
page-account-column-day = Día (UTC)
page-account-column-time = Hora
page-account-column-what = Qué
page-account-column-credits = Créditos
page-account-column-after = Disponible después
page-account-ledger = Libro de movimientos
page-account-ledger-empty = Todavía no hay ningún movimiento en esta cuenta.
page-account-lines =
    { PLURAL($count) ->
        [one] { NUMBER($count) } línea mostrada
        [many] { NUMBER($count) } de líneas mostradas
       *[other] { NUMBER($count) } líneas mostradas
    }
page-account-unsettled = La cuenta ha cambiado mientras se leía, por lo que no se sabe cuánto quedaba tras cada línea. Actualice para verlo.
page-account-still-held = aún reservados
page-account-kind-welcome = Bienvenida
page-account-kind-gift = Regalo del día
page-account-kind-lapse = Caducado
page-account-kind-credit = Ingreso
page-account-kind-hold = Reservado
page-account-kind-release = Devuelto
page-account-kind-expire = Devuelto: el plazo terminó
page-account-kind-charge = Usado
page-account-by = Por
page-account-reason = Motivo
page-account-reference = Referencia
page-account-build = Compilación
page-account-actor-api = una solicitud
page-account-actor-api-named = { $name }, en una solicitud
page-account-actor-build = el final de una compilación
page-account-actor-expiry = el fin del plazo
page-account-actor-sweep = el servidor, al empezar el día
page-account-actor-command = un comando en el servidor
page-account-actor-command-named = { $name }, en el servidor


## Page: QA

page-qa-heading = Reproducir una compilación
page-qa-intro = El servidor muestra de nuevo los eventos guardados de una compilación. Corte la conexión, vuelva y compruebe que no se pierde nada.
page-qa-build = Compilación
page-qa-build-deployed = Desplegada
page-qa-build-failed = Fallida
page-qa-build-cancelled = Cancelada
page-qa-no-builds = Aún no ha terminado ninguna compilación.
page-qa-reading = Leyendo las compilaciones…
page-qa-older = Compilaciones anteriores
page-qa-from = Desde el evento
page-qa-speed = Velocidad
page-qa-speed-all = Todo a la vez
page-qa-speed-none = Ninguna: por pasos
page-qa-transport = Transporte
page-qa-transport-sse = Server-Sent Events
page-qa-transport-websocket = WebSocket
page-qa-by-step = Paso a paso
page-qa-start = Iniciar reproducción
page-qa-download = Descargar la grabación
page-qa-recording =
    { PLURAL($count) ->
        [one] { NUMBER($count) } evento.
        [many] { NUMBER($count) } de eventos.
       *[other] { NUMBER($count) } eventos.
    }
page-qa-checksum-good = La suma de comprobación coincide con los bytes recibidos.
page-qa-checksum-bad = La suma de comprobación no coincide con los bytes recibidos.
page-qa-checksum-unknown = Este navegador no puede verificar aquí la suma de comprobación.
page-qa-record-heading = Lo recibido
page-qa-empty = Inicie una reproducción. Cada evento y cada trama aparecerán aquí.
page-qa-state-cut = Cortada
page-qa-step =
    { PLURAL($count) ->
        [one] Siguiente evento
        [many] Siguientes { NUMBER($count) } de eventos
       *[other] Siguientes { NUMBER($count) } eventos
    }
page-qa-step-hint = La reproducción espera cada paso.
page-qa-no-step = Esta reproducción avanza sola: no hay pasos que dar.
page-qa-cut = Cortar la conexión
page-qa-resume = Reanudar tras el cursor
page-qa-again = Empezar de nuevo sin cursor
page-qa-open-hint = La conexión está abierta. Para reanudar, córtela primero.
page-qa-closed-hint = La conexión está cerrada: no hay nada que cortar. Con un cursor, se reanuda tras el último evento.
page-qa-received = Recibidos
page-qa-doubled = Duplicados
page-qa-out-of-order = Desordenados
page-qa-missed = Perdidos
page-qa-counted-hint = Se cuenta lo que entrega el cliente, a través de cada corte. El desfase se cuenta desde el primer evento recibido.
page-qa-dropped =
    { PLURAL($count) ->
        [one] { NUMBER($count) } línea anterior ya no se muestra.
        [many] { NUMBER($count) } de líneas anteriores ya no se muestran.
       *[other] { NUMBER($count) } líneas anteriores ya no se muestran.
    }
page-qa-column-cursor = Cursor
page-qa-column-code = Código
page-qa-column-offset = Desfase
page-qa-offset = { $seconds } s
page-qa-note-opening = Conectando por { $transport }, sin cursor
page-qa-note-resuming = Conectando por { $transport }, tras el cursor { $cursor }
page-qa-note-connection = Conectado, idioma { $locale }
page-qa-note-connection-replay = Conectado a una reproducción, idioma { $locale }
page-qa-note-live = En directo: lo que sigue es nuevo
page-qa-note-reset = Reinicio ({ $reason }): empieza de nuevo desde el primer evento
page-qa-note-reconnecting = La conexión se ha interrumpido. Próximo intento en { NUMBER($seconds, maximumFractionDigits: 1) } s.
page-qa-note-refused = Rechazado: { $code }.
page-qa-note-malformed = No se puede leer: { $data }
page-qa-note-cut = Ha cortado la conexión
page-qa-note-ended = El flujo ha terminado
page-qa-note-stepped = Paso: mostrado hasta el evento { NUMBER($seq) }
page-qa-note-missed = Perdidos: eventos { NUMBER($first) } a { NUMBER($last) }
page-qa-note-late = Desordenado: evento { NUMBER($seq) }
page-qa-note-doubled = Duplicado: evento { NUMBER($seq) }


## Page: events reference

page-reference-heading = Referencia de eventos
page-reference-intro = Leída del documento de este servidor. Las descripciones están en inglés.
page-reference-docs = Abrir la referencia de la API
page-reference-filter = Filtro
page-reference-filter-hint = Un código, un parámetro o palabras de un mensaje
page-reference-shown =
    { PLURAL($count) ->
        [one] { NUMBER($count) } código
        [many] { NUMBER($count) } de códigos
       *[other] { NUMBER($count) } códigos
    }
page-reference-none = Ningún código coincide.
page-reference-reading = Leyendo el documento…
page-reference-failed = No se puede leer el documento.
page-reference-any-phase = Cualquier fase
page-reference-errors = Códigos de error
page-reference-param = Parámetro
page-reference-type = Tipo
page-reference-always = Siempre presente
page-reference-yes = Sí
page-reference-no = No
page-reference-meaning = Significado y unidad
page-reference-no-params = Sin parámetros propios.
page-reference-example = Ejemplo


## Page: errors of a request

page-error-heading = La compilación no se ha iniciado
page-error-code = Código
page-error-request = Solicitud


## Reasons of a failure: of the page, and of legacy messages

page-reason-command_failed = Un comando de la compilación terminó con un error.
page-reason-manifest_invalid = No se puede leer package.json.
page-reason-history_failed = No se pudo escribir el historial del directorio de trabajo.
page-reason-no_output = La compilación no generó ninguna carpeta de salida.
page-reason-attempts_exhausted = Todos los intentos se interrumpieron.
page-reason-storage_unavailable = El almacenamiento no está disponible o está lleno.
page-reason-command_not_found = Un comando que la compilación necesita no está instalado en el servidor.
page-reason-internal = Se ha producido un error en el servidor.
page-reason-lockfile_invalid = El archivo de bloqueo no corresponde al manifiesto o no se puede leer.
page-reason-output_too_deep = Las carpetas de salida están anidadas a demasiada profundidad.
page-reason-output_too_large = El resultado es mayor de lo permitido.
page-reason-package_manager_unavailable = No se ha podido obtener el gestor de paquetes.
page-reason-artifact_missing = Los archivos de la versión ya no están guardados.
page-reason-artifact_corrupt = Los archivos de la versión están dañados.
page-reason-artifact_refused = Los archivos de la versión no se pueden descomprimir de forma segura.
page-reason-ai_limit_reached = Se ha alcanzado el límite del proveedor de IA.
page-reason-provider_unavailable = El proveedor de IA no está disponible.
page-reason-network_timeout = El proveedor de IA no ha respondido a tiempo.
page-reason-generator_refused = El proveedor de IA no ha aceptado la petición.
page-reason-generation_incomplete = La respuesta del proveedor de IA se ha interrumpido.
page-reason-generation_truncated = La respuesta del proveedor de IA ha alcanzado su longitud máxima.
page-reason-generation_filtered = El proveedor de IA ha retenido su respuesta.
page-reason-generation_unreadable = No se ha podido leer la respuesta del proveedor de IA.
page-reason-generation_too_large = La respuesta del proveedor de IA es mayor de lo permitido.
page-reason-generation_empty = La respuesta del proveedor de IA no contiene archivos.
page-reason-generated_files_invalid = La respuesta del proveedor de IA contiene un archivo que el proyecto no puede tener.
page-reason-timed_out = Se ha superado el tiempo permitido.
page-reason-stopped = La operación se ha detenido.
page-reason-memory_limit = La compilación ha usado más memoria de la permitida.
page-reason-process_limit = La compilación ha tenido más procesos a la vez de los permitidos.
page-reason-disk_limit = La compilación ha escrito en disco más de lo permitido.
