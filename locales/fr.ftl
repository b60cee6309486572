# French messages of the server and of the page.
#
# One message per event code, with the code as its id; one per error code, `error-CODE`;
# the page's own texts, `page-…`. Only params that a code always has are used, so every
# message reads well whatever else is missing. Numbers arrive raw. PLURAL() gives the
# plural category of a number and is registered by whoever renders.


## Events: setup

BUILD_QUEUED = Dans la file d’attente, position { NUMBER($queuePosition) }.
BUILD_STARTED =
    { $isRetry ->
        [true] Build relancé, tentative { NUMBER($attemptNumber) }.
       *[other] Build démarré.
    }
BUILD_VALIDATING =
    { PLURAL($count) ->
        [one] Vérification de { NUMBER($count) } fichier.
        [many] Vérification de { NUMBER($count) } de fichiers.
       *[other] Vérification de { NUMBER($count) } fichiers.
    }
BUILD_FRAMEWORK_DETECTING = Détection du framework.


## Events: development

BUILD_DEVELOPMENT_STARTING =
    { $isRetry ->
        [true] Reprise du travail sur le code, tentative { NUMBER($attemptNumber) }.
       *[other] Début du travail sur le code.
    }
BUILD_CODE_GENERATING = Écriture du code avec { $provider }.
BUILD_CODE_REVIEWING =
    { PLURAL($count) ->
        [one] Relecture de { NUMBER($count) } fichier.
        [many] Relecture de { NUMBER($count) } de fichiers.
       *[other] Relecture de { NUMBER($count) } fichiers.
    }
BUILD_CODE_APPLYING = Application des modifications, { NUMBER($step) } sur { NUMBER($total) }.
BUILD_DEVELOPMENT_COMPLETE =
    { PLURAL($count) ->
        [one] Le code est prêt : { NUMBER($count) } fichier en { NUMBER($duration, maximumFractionDigits: 1) } s.
        [many] Le code est prêt : { NUMBER($count) } de fichiers en { NUMBER($duration, maximumFractionDigits: 1) } s.
       *[other] Le code est prêt : { NUMBER($count) } fichiers en { NUMBER($duration, maximumFractionDigits: 1) } s.
    }


## Events: dependencies

BUILD_DEPENDENCIES_ANALYZING =
    { PLURAL($count) ->
        [one] { $packageManager } : { NUMBER($count) } dépendance déclarée.
        [many] { $packageManager } : { NUMBER($count) } de dépendances déclarées.
       *[other] { $packageManager } : { NUMBER($count) } dépendances déclarées.
    }
BUILD_DEPENDENCIES_INSTALLING = Installation avec { $packageManager }, { NUMBER($step) } sur { NUMBER($total) }.
BUILD_DEPENDENCIES_CACHED =
    { PLURAL($count) ->
        [one] { NUMBER($count) } paquet récupéré du cache.
        [many] { NUMBER($count) } de paquets récupérés du cache.
       *[other] { NUMBER($count) } paquets récupérés du cache.
    }
BUILD_DEPENDENCIES_COMPLETE =
    { PLURAL($packagesInstalled) ->
        [one] { NUMBER($packagesInstalled) } paquet prêt en { NUMBER($duration, maximumFractionDigits: 1) } s.
        [many] { NUMBER($packagesInstalled) } de paquets prêts en { NUMBER($duration, maximumFractionDigits: 1) } s.
       *[other] { NUMBER($packagesInstalled) } paquets prêts en { NUMBER($duration, maximumFractionDigits: 1) } s.
    }


## Events: build

BUILD_COMPILING = Compilation ({ $framework }).
BUILD_BUNDLING =
    { PLURAL($count) ->
        [one] Collecte de { NUMBER($count) } fichier de sortie.
        [many] Collecte de { NUMBER($count) } de fichiers de sortie.
       *[other] Collecte de { NUMBER($count) } fichiers de sortie.
    }
BUILD_OPTIMIZING = Optimisation des fichiers, { NUMBER($step) } sur { NUMBER($total) }.


## Events: deploy

BUILD_DEPLOYING = Déploiement d’une nouvelle version.
BUILD_DEPLOY_PREPARING =
    { PLURAL($count) ->
        [one] Empaquetage de { NUMBER($count) } fichier
        [many] Empaquetage de { NUMBER($count) } de fichiers
       *[other] Empaquetage de { NUMBER($count) } fichiers
    }, { PLURAL($artifactSize) ->
        [one] { NUMBER($artifactSize) } octet
        [many] { NUMBER($artifactSize) } d’octets
       *[other] { NUMBER($artifactSize) } octets
    }.
BUILD_DEPLOY_UPLOADING =
    { PLURAL($total) ->
        [one] Stockage de la version, { NUMBER($step) } sur { NUMBER($total) } octet.
        [many] Stockage de la version, { NUMBER($step) } sur { NUMBER($total) } d’octets.
       *[other] Stockage de la version, { NUMBER($step) } sur { NUMBER($total) } octets.
    }
BUILD_PREVIEW_PREPARING = Préparation de l’aperçu.
BUILD_DEPLOY_ACTIVATING = Passage de l’aperçu à la nouvelle version.


## Events: metadata

BUILD_METADATA_GENERATING = Examen du résultat.
BUILD_RECOMMENDATIONS_GENERATED =
    { PLURAL($count) ->
        [one] { NUMBER($count) } recommandation pour ce site.
        [many] { NUMBER($count) } de recommandations pour ce site.
       *[other] { NUMBER($count) } recommandations pour ce site.
    }
BUILD_METADATA_COMPLETE = L’examen du site est terminé.


## Events: the end of a build

BUILD_COMPLETED = Build terminé en { NUMBER($duration, maximumFractionDigits: 1) } s.
BUILD_FAILED = Le build a échoué.
BUILD_TIMEOUT = Le build a été arrêté au bout de { NUMBER($duration, maximumFractionDigits: 0) } s, sa durée limite.
BUILD_CANCELLED = Le build a été annulé.


## Events: rollback

ROLLBACK_STARTED = Restauration démarrée.
ROLLBACK_VALIDATING = Vérification de la version antérieure.
ROLLBACK_PREVIEW_UPDATING = Passage de l’aperçu à la version antérieure.
ROLLBACK_ARTIFACT_DOWNLOADING =
    { PLURAL($artifactSize) ->
        [one] Récupération de la version antérieure, { NUMBER($artifactSize) } octet.
        [many] Récupération de la version antérieure, { NUMBER($artifactSize) } d’octets.
       *[other] Récupération de la version antérieure, { NUMBER($artifactSize) } octets.
    }
ROLLBACK_WORKING_DIR_SYNCING = Restauration des fichiers, { NUMBER($step) } sur { NUMBER($total) }.
ROLLBACK_COMPLETED = Restauration terminée en { NUMBER($duration, maximumFractionDigits: 1) } s.
ROLLBACK_FAILED = La restauration a échoué.


## Errors

error-AI_LIMIT_REACHED =
    { PLURAL($retryAfter) ->
        [one] La limite du fournisseur d’IA est atteinte. Réessayez dans { NUMBER($retryAfter) } seconde.
        [many] La limite du fournisseur d’IA est atteinte. Réessayez dans { NUMBER($retryAfter) } de secondes.
       *[other] La limite du fournisseur d’IA est atteinte. Réessayez dans { NUMBER($retryAfter) } secondes.
    }
error-INSUFFICIENT_BALANCE = Le solde est insuffisant : requis { NUMBER($requiredBalance) }, solde actuel { NUMBER($currentBalance) }.
error-INSUFFICIENT_CREDITS = Crédits insuffisants : { NUMBER($required) } requis, { NUMBER($available) } disponibles.
error-RATE_LIMITED =
    { PLURAL($retryAfter) ->
        [one] Trop de requêtes. Réessayez dans { NUMBER($retryAfter) } seconde.
        [many] Trop de requêtes. Réessayez dans { NUMBER($retryAfter) } de secondes.
       *[other] Trop de requêtes. Réessayez dans { NUMBER($retryAfter) } secondes.
    }
error-BUILD_ALREADY_RUNNING = Un build de ce projet est déjà en cours.
error-INVALID_STATE_TRANSITION = Le passage de « { $from } » à « { $to } » est impossible.
error-IDEMPOTENCY_KEY_REUSED = Cette clé d’idempotence a été utilisée pour une autre requête.
error-IDEMPOTENCY_IN_PROGRESS = La même requête est encore en cours de traitement. Réessayez dans un instant.
error-ROLLBACK_IN_PROGRESS = Une restauration de ce projet est en cours.
error-VERSION_NOT_ELIGIBLE = Cette version ne peut pas être utilisée ici.
error-BUILD_FAILED = Le build a échoué.
error-BUILD_TIMEOUT = Le build a dépassé la durée autorisée.
error-ROLLBACK_FAILED = La restauration a échoué.
error-AUTH_FAILED = Les identifiants de la requête n’ont pas été acceptés.
error-AUTH_EXPIRED = Le jeton d’accès a expiré.
error-FORBIDDEN = Cette action n’est pas autorisée.
error-NOT_FOUND =
    Introuvable : { $resource ->
        [build] build
        [project] projet
        [version] version
        [rollback] restauration
        [artifact] artefact
        [file] fichier
        [path] adresse
        [preview] aperçu
        [reservation] réservation
        [user] utilisateur
        [locale] langue
        [replay] rediffusion
        [recording] enregistrement
       *[other] { $resource }
    }.
error-PAYLOAD_TOO_LARGE =
    { PLURAL($limit) ->
        [one] La requête dépasse { NUMBER($limit) } octet.
        [many] La requête dépasse { NUMBER($limit) } d’octets.
       *[other] La requête dépasse { NUMBER($limit) } octets.
    }
error-NETWORK_TIMEOUT = Un autre service n’a pas répondu à temps.
error-PROVIDER_UNAVAILABLE = Le fournisseur d’IA n’est pas disponible.
error-QUOTA_EXCEEDED = Un quota est épuisé.
error-INVALID_INPUT = La requête n’est pas valide.
error-VALIDATION_FAILED = Certaines valeurs ne sont pas valides.
error-METHOD_NOT_ALLOWED = Cette adresse n’accepte pas cette méthode.
error-UNSUPPORTED_MEDIA_TYPE = Le type du corps de la requête n’est pas pris en charge.
error-NOT_ACCEPTABLE = Aucun des types acceptés ne peut être fourni.
error-SERVICE_UNAVAILABLE =
    { PLURAL($retryAfter) ->
        [one] Le service n’est pas disponible. Réessayez dans { NUMBER($retryAfter) } seconde.
        [many] Le service n’est pas disponible. Réessayez dans { NUMBER($retryAfter) } de secondes.
       *[other] Le service n’est pas disponible. Réessayez dans { NUMBER($retryAfter) } secondes.
    }
error-INTERNAL_ERROR = Une erreur s’est produite sur le serveur.


## Page: frame

page-tagline = Lancez le build d’un projet et suivez chaque étape en direct.
page-api-reference = Référence de l’API
page-skip = Aller à la vue
page-environment = { $environment } { $version }
page-views = Vues
page-view-build = Build
page-view-projects = Projets
page-view-account = Solde
page-view-qa = QA
page-view-events = Événements
page-language = Langue
page-view-lost = Cette vue n’a pas pu être chargée. Le reste de la page continue.
page-view-renewed = La page a été renouvelée sur le serveur. Rechargez-la pour voir cette vue.
page-reload = Recharger la page


## Page: login

page-login-heading = Se connecter
page-login-intro = Ouvrez cette page depuis votre application, qui vous amène ici avec une adresse qui vous connecte. Ou saisissez le jeton que vous avez reçu.
page-login-token = Jeton, ou adresse qui le contient
page-login-hint = Un jeton ne sert qu’une fois, et pendant quelques minutes.
page-login-unread = Ce n’est pas un jeton qui permet de se connecter.
page-login-as = Se connecter en tant que { $user } ?
page-login-instead = Vous êtes connecté en tant que { $now }. Se connecter plutôt en tant que { $user } ?
page-login-in = Se connecter
page-login-out = Se déconnecter
page-login-failed = La connexion a échoué
page-login-needless = Ce serveur ne demande pas de connexion : en mode développement, toute personne sur cette machine peut l’utiliser.

## Page: project

page-project-heading = Projet
page-source-legend = Source du build
page-source-static-site = Site statique
page-source-static-site-hint = HTML, CSS, sans étape de build
page-source-vite-app = Projet Vite
page-source-vite-app-hint = npm install, puis un build
page-source-own = Vos fichiers
page-source-own-hint = Un dossier ou un .zip
page-source-last = Dernier projet
page-source-last-hint = Modifié par une consigne
page-source-last-none = Après le premier build
page-files-summary =
    { PLURAL($count) ->
        [one] { NUMBER($count) } fichier, { $size }
        [many] { NUMBER($count) } de fichiers, { $size }
       *[other] { NUMBER($count) } fichiers, { $size }
    }
page-files-more =
    { PLURAL($count) ->
        [one] et { NUMBER($count) } autre fichier
        [many] et { NUMBER($count) } d’autres fichiers
       *[other] et { NUMBER($count) } autres fichiers
    }
page-files-skipped =
    { PLURAL($count) ->
        [one] { NUMBER($count) } élément ignoré : { $names }
        [many] { NUMBER($count) } d’éléments ignorés : { $names }
       *[other] { NUMBER($count) } éléments ignorés : { $names }
    }
page-files-list-label = Fichiers du build
page-drop-hint = Déposez un dossier ou un .zip ici, ou
page-pick-folder = Choisir un dossier
page-pick-zip = Choisir un .zip
page-files-remove = Retirer
page-files-empty = Cette sélection ne contient aucun fichier.
page-files-unreadable = Un fichier n’a pas pu être lu. Il a peut-être changé depuis sa sélection : choisissez à nouveau.
page-files-too-large = Ces fichiers occupent { $size }. L’envoi est limité à { $limit }.
page-files-zip-too-large = Ce .zip occupe { $size }. L’envoi d’un .zip est limité à { $limit }.
page-files-zip-alone = Un .zip est construit à lui seul : choisissez-le sans rien d’autre, ou un dossier.
page-files-none = Rien n’a été choisi, ou le dossier est vide.
page-files-needed = Choisissez d’abord un dossier ou un .zip.
page-sample-lost = L’exemple n’a pas pu être chargé.
page-name-label = Nom du projet
page-prompt-label = Ce qu’il faut modifier (facultatif)
page-prompt-label-needed = Ce qu’il faut modifier
page-prompt-hint = Un fournisseur d’IA reçoit les fichiers et les modifie selon ces mots avant le build.
page-prompt-last-files = Le serveur a ses derniers fichiers. Écrivez ce qu’il faut y modifier : rien n’est à renvoyer.
page-prompt-count = { NUMBER($count) } sur { NUMBER($limit) }
page-prompt-too-long =
    { PLURAL($count) ->
        [one] { NUMBER($count) } caractère de trop.
        [many] { NUMBER($count) } de caractères de trop.
       *[other] { NUMBER($count) } caractères de trop.
    }
page-prompt-control-character = Le texte contient un caractère de contrôle, qui ne peut pas être envoyé.
page-prompt-needed = Écrivez d’abord ce qu’il faut modifier.
page-prompt-cost = Un build avec consigne met de côté { $credits } et, s’il se termine bien, paie ce qu’il a utilisé. Disponible : { $available }.
page-prompt-cost-short = Trop peu pour une consigne, qui met de côté { $credits }. Disponible : { $available }.
page-prompt-account = Voir le solde
page-prompt-again = Pour le modifier encore, choisissez le dernier projet et écrivez ce qu’il faut modifier.
page-start = Lancer le build
page-start-again = Relancer le build
page-starting = Lancement…
page-needs-development = Pour lancer un build depuis cette page, le serveur doit être en mode développement. La référence de l’API indique comment en lancer un avec une requête signée.
page-server-silent = Le serveur ne répond pas.
page-retry = Réessayer


## Page: build

page-build-heading = Build
page-build-empty = Aucun build pour l’instant
page-build-empty-hint = Choisissez un projet et lancez le build. Chaque étape s’affichera ici en direct.
page-state-connecting = Connexion
page-state-live = En direct
page-state-reconnecting = Reconnexion
page-state-ended = Terminé
page-progress-label = Progression du build
page-progress-value = { NUMBER($percent, maximumFractionDigits: 0) } %
page-phases-label = Phases
page-phase-setup = Préparation
page-phase-development = Développement
page-phase-dependencies = Dépendances
page-phase-build = Build
page-phase-deploy = Déploiement
page-phase-metadata = Métadonnées
page-phase-rollback = Restauration
page-phase-state-pending = En attente
page-phase-state-active = En cours
page-phase-state-done = Terminée
page-phase-state-failed = Échec
page-phase-state-cancelled = Annulée
page-phase-state-skipped = Non nécessaire
page-phase-state-unreached = Non atteinte
page-seconds = { NUMBER($seconds, maximumFractionDigits: 1) } s
page-events-heading = Événements
page-events-count =
    { PLURAL($count) ->
        [one] { NUMBER($count) } événement
        [many] { NUMBER($count) } d’événements
       *[other] { NUMBER($count) } événements
    }
page-events-repeated =
    { PLURAL($count) ->
        [one] { NUMBER($count) } fois
        [many] { NUMBER($count) } de fois
       *[other] { NUMBER($count) } fois
    }
page-events-params = Paramètres de { $code }
page-events-none = Rien ne s’est encore passé.
page-events-waiting = En attente du premier événement…
page-event-number = Événement { NUMBER($seq) }
page-stream-lost = La connexion est perdue et une nouvelle tentative est en cours. L’affichage peut être en retard.
page-stream-back = La connexion est rétablie. Le build continue là où il en était.
page-queue-heading = En attente de son tour
page-queue-position = Place { NUMBER($position) } dans la file d’attente
page-queue-end = Fin prévue : { $time }
page-cancel = Annuler le build
page-cancelling = Annulation…
page-cancel-heading = Annuler ce build ?
page-cancel-text = Ce qui a été fait jusqu’ici est perdu. La version publiée reste telle quelle.
page-cancel-keep = Continuer le build
page-cancel-confirm = Annuler
page-cancel-refused = Le build n’a pas été annulé.
page-log-heading = Journal
page-log-count =
    { PLURAL($count) ->
        [one] { NUMBER($count) } ligne
        [many] { NUMBER($count) } de lignes
       *[other] { NUMBER($count) } lignes
    }
page-log-dropped =
    { PLURAL($count) ->
        [one] { NUMBER($count) } ligne précédente n’est pas affichée.
        [many] { NUMBER($count) } de lignes précédentes ne sont pas affichées.
       *[other] { NUMBER($count) } lignes précédentes ne sont pas affichées.
    }
page-log-none = Les commandes n’ont rien affiché.
page-log-waiting = Rien n’a encore été affiché.
page-log-follow = Aller à la fin
page-build-address = Adresse propre à ce build :
page-watch = Suivre le build
page-watch-ended = Voir le build
page-watch-project = Versions du projet
page-watch-closed = Pour afficher un build sur cette page, le serveur doit être en mode développement.
page-watch-none = Ce build n’existe pas
page-watch-none-hint = L’adresse est peut-être erronée, ou le build appartient à un autre utilisateur.
page-watch-unread = Le build n’a pas pu être lu


## Page: outcome

page-waiting-heading = Build en cours
page-success-heading = Votre aperçu est prêt
page-open-preview = Ouvrir l’aperçu
page-failed-heading = Le build a échoué
page-timeout-heading = Le build a pris trop de temps
page-cancelled-heading = Le build a été annulé
page-outcome-phase = Phase
page-outcome-reason = Motif
page-outcome-exit-code = Code de sortie
page-outcome-recoverable = Un nouveau build peut réussir.
page-lost-heading = Ce build ne peut plus être suivi
page-stream-gap =
    { PLURAL($count) ->
        [one] { NUMBER($count) } événement a été manqué.
        [many] { NUMBER($count) } d’événements ont été manqués.
       *[other] { NUMBER($count) } événements ont été manqués.
    }
page-choose-again = Choisissez à nouveau les fichiers pour relancer le build de ce projet.


## Page: projects

page-projects-heading = Projets
page-projects-refresh = Actualiser
page-projects-loading = Lecture…
page-projects-closed = Pour afficher des projets sur cette page, le serveur doit être en mode développement.
page-projects-unread = Les projets n’ont pas pu être lus
page-projects-empty = Il n’y a pas encore de projet. Le premier build en crée un.
page-projects-start = Aller au build
page-projects-more = Afficher plus
page-projects-preview-of = Ouvrir l’aperçu de { $name }
page-projects-watch-of = Suivre le build de { $name }
page-projects-state-queued = En attente
page-projects-state-building = Build en cours
page-projects-state-deployed = Terminé
page-projects-state-failed = Échoué
page-projects-state-cancelled = Annulé
page-projects-count =
    { PLURAL($count) ->
        [one] { NUMBER($count) } projet
        [many] { NUMBER($count) } de projets
       *[other] { NUMBER($count) } projets
    }


## Page: versions

page-versions-heading = Versions
page-versions-back = Tous les projets
page-versions-unread = Les versions n’ont pas pu être lues
page-versions-empty = Il n’y a pas encore de version. Un build réussi en crée une.
page-versions-previewed = Dans l’aperçu
page-versions-published = Publiée
page-versions-deploying = Restauration en cours
page-versions-failed = Non déployée
page-versions-size = Taille
page-versions-framework = Framework
page-versions-kept = Fichiers conservés jusqu’au
page-versions-kept-longer = et tant qu’elle est publiée ou dans l’aperçu
page-versions-recommendations = Ce qui l’améliorerait
page-recommendation-missing_title = Une page n’a pas de titre : son onglet et les résultats de recherche n’ont rien à afficher.
page-recommendation-missing_viewport = Une page n’indique pas qu’elle s’adapte aux petits écrans : un téléphone l’affiche minuscule.
page-recommendation-missing_lang = Une page n’indique pas sa langue : elle risque d’être lue dans une autre.
page-recommendation-missing_alt = Une image n’a pas de texte de remplacement : qui ne peut pas la voir n’en sait rien.
page-recommendation-no_index = Il n’y a pas d’index.html : l’adresse du site n’a aucune page à afficher.
page-recommendation-no_lock_file = Il n’y a pas de fichier de verrouillage : chaque build peut installer d’autres versions des paquets.
page-recommendation-oversized_image = Une image est très volumineuse : une plus petite se chargerait plus vite.
page-versions-preview = Aperçu
page-versions-publish = Publier
page-versions-unpublish = Retirer la publication
page-versions-rollback = Restaurer
page-versions-download = Télécharger
page-versions-cancel = Annuler
page-versions-ask-rollback = Restaurer la version { $version } ?
page-versions-ask-rollback-text = L’aperçu montre aussitôt cette version, et ses fichiers deviennent ceux du projet. Une fois commencée, l’opération ne peut pas être arrêtée.
page-versions-ask-unpublish = Retirer la publication de { $version } ?
page-versions-ask-unpublish-text = Son adresse publique n’affichera plus rien. La version reste dans l’historique.
page-versions-refused = L’action n’a pas été effectuée
page-versions-busy = Un build ou une restauration du projet est en cours.
page-versions-done-publish = { $version } est publiée.
page-versions-done-unpublish = { $version } n’est plus publiée.
page-versions-done-download = { $version } est en cours de téléchargement.
page-versions-progress = Progression de la restauration
page-versions-live = Ouvrir le site publié
page-versions-reason-artifact_missing = Ses fichiers ne sont plus conservés.
page-versions-reason-artifact_expired = La durée de conservation de ses fichiers est écoulée.
page-versions-reason-already_published = Elle est publiée.
page-versions-reason-deployment_failed = Elle n’est pas déployée.
page-versions-left =
    { PLURAL($count) ->
        [one] { NUMBER($count) } jour restant
        [many] { NUMBER($count) } de jours restants
       *[other] { NUMBER($count) } jours restants
    }


## Page: account

page-account-heading = Solde
page-account-closed = Pour afficher un solde sur cette page, le serveur doit être en mode développement.
page-account-unread = Le solde n’a pas pu être lu
page-account-usage-unread = La consommation n’a pas pu être lue
page-account-as-of = Au { $time }
page-account-available = Disponible
page-account-credits =
    { PLURAL($count) ->
        [one] { NUMBER($count) } crédit
        [many] { NUMBER($count) } de crédits
       *[other] { NUMBER($count) } crédits
    }
page-account-unit = Un crédit est une seconde de travail du fournisseur d’IA.
page-account-bucket-dailyGift = Cadeau du jour
page-account-bucket-welcomeBonus = Bonus de bienvenue
page-account-bucket-paid = Payés
page-account-held = Mis de côté
page-account-held-shown = Mis de côté d’après les lignes affichées
page-account-used-today = Utilisés aujourd’hui (UTC)
page-account-used-ever = Utilisés au total
page-account-lapse =
    { PLURAL($count) ->
        [one] { NUMBER($count) } crédit du cadeau du jour expire le { $time } s’il n’est pas utilisé.
        [many] { NUMBER($count) } de crédits du cadeau du jour expirent le { $time } s’ils ne sont pas utilisés.
       *[other] { NUMBER($count) } crédits du cadeau du jour expirent le { $time } s’ils ne sont pas utilisés.
    }
page-account-lapse-none = Aucun crédit n’est sur le point d’expirer.
page-account-usage = Consommation
page-account-range = Période
page-account-days =
    { PLURAL($count) ->
        [one] { NUMBER($count) } jour
        [many] { NUMBER($count) } de jours
       *[other] { NUMBER($count) } jours
    }
page-account-period = Du { $from } au { $to }, par jours en UTC
page-account-credits-by-day = Crédits utilisés par jour
page-account-credits-none = Aucun crédit n’a été utilisé pendant cette période.
page-account-builds-by-day = Builds par jour et par résultat
page-account-builds-none = Aucun build n’a été lancé pendant cette période.
page-account-builds =
    { PLURAL($count) ->
        [one] { NUMBER($count) } build
        [many] { NUMBER($count) } de builds
       *[other] { NUMBER($count) } builds
    }
page-account-under-way = En cours
page-account-plot-summary = { $heading }, diagramme en barres, du { $from } au { $to }. Au total : { $total }. Le maximum a été atteint le { $day } : { $most }.
page-account-plot-empty = { $heading }, diagramme en barres, du { $from } au { $to }. Tous les jours sont à zéro.
page-account-figures = Les chiffres en tableau
page-account-by-operation = À quoi les crédits ont servi
page-account-operation-build = Premier build d’un projet
page-account-operation-update = Build ultérieur d’un projet
page-account-operation-external = Travail hors des builds
page-account-charges =
    { PLURAL($count) ->
        [one] { NUMBER($count) } débit
        [many] { NUMBER($count) } de débits
       *[other] { NUMBER($count) } débits
    }
page-account-states = Ce que sont devenus les builds
page-account-durations = Durée des builds
page-account-durations-of =
    { PLURAL($count) ->
        [one] Pour { NUMBER($count) } build terminé, hors attente.
        [many] Pour { NUMBER($count) } de builds terminés, hors attente.
       *[other] Pour { NUMBER($count) } builds terminés, hors attente.
    }
page-account-durations-none = Aucun build n’a abouti pendant cette période.
page-account-median = La moitié a pris au plus
page-account-percentile = { NUMBER($percent) } % ont pris au plus
page-account-mean = En moyenne
page-account-failures = Où les builds ont échoué
page-account-failures-none = Aucun build n’a échoué pendant cette période.
page-account-column-builds = Builds
page-account-column-day = Jour (UTC)
page-account-column-time = Heure
page-account-column-what = Quoi
page-account-column-credits = Crédits
page-account-column-after = Disponible ensuite
page-account-ledger = Registre
page-account-ledger-empty = Aucun mouvement n’a encore été inscrit sur ce compte.
page-account-lines =
    { PLURAL($count) ->
        [one] { NUMBER($count) } ligne affichée
        [many] { NUMBER($count) } de lignes affichées
       *[other] { NUMBER($count) } lignes affichées
    }
page-account-unsettled = Le compte a changé pendant la lecture : ce qui restait après chaque ligne n’est pas connu. Actualisez pour le voir.
page-account-still-held = encore mis de côté
page-account-kind-welcome = Bienvenue
page-account-kind-gift = Cadeau reçu
page-account-kind-lapse = Expiré
page-account-kind-credit = Reçu
page-account-kind-hold = Mis de côté
page-account-kind-release = Rendu
page-account-kind-expire = Rendu, le délai était écoulé
page-account-kind-charge = Utilisé
page-account-by = Par
page-account-reason = Motif
page-account-reference = Référence
page-account-build = Build
page-account-actor-api = une requête
page-account-actor-api-named = { $name }, dans une requête
page-account-actor-build = la fin d’un build
page-account-actor-expiry = la fin du délai
page-account-actor-sweep = le serveur, au début du jour
page-account-actor-command = une commande sur le serveur
page-account-actor-command-named = { $name }, sur le serveur


## Page: QA

page-qa-heading = Rejouer un build
page-qa-intro = Le serveur montre à nouveau les événements enregistrés d’un build. Coupez la connexion, revenez et constatez que rien ne se perd.
page-qa-build = Build
page-qa-build-deployed = Déployé
page-qa-build-failed = Échoué
page-qa-build-cancelled = Annulé
page-qa-no-builds = Aucun build n’est encore terminé.
page-qa-reading = Lecture des builds…
page-qa-older = Builds plus anciens
page-qa-from = À partir de l’événement
page-qa-speed = Vitesse
page-qa-speed-all = Tout d’un coup
page-qa-speed-none = Aucune : par pas
page-qa-transport = Transport
page-qa-transport-sse = Server-Sent Events
page-qa-transport-websocket = WebSocket
page-qa-by-step = Pas à pas
page-qa-start = Lancer la relecture
page-qa-download = Télécharger l’enregistrement
page-qa-recording =
    { PLURAL($count) ->
        [one] { NUMBER($count) } événement.
        [many] { NUMBER($count) } d’événements.
       *[other] { NUMBER($count) } événements.
    }
page-qa-checksum-good = La somme de contrôle correspond aux octets reçus.
page-qa-checksum-bad = La somme de contrôle ne correspond pas aux octets reçus.
page-qa-checksum-unknown = Ce navigateur ne peut pas vérifier ici la somme de contrôle.
page-qa-record-heading = Ce qui est arrivé
page-qa-empty = Lancez une relecture. Chaque événement et chaque trame s’affichera ici.
page-qa-state-cut = Coupée
page-qa-step =
    { PLURAL($count) ->
        [one] Événement suivant
        [many] { NUMBER($count) } d’événements suivants
       *[other] { NUMBER($count) } événements suivants
    }
page-qa-step-hint = La relecture attend chaque pas.
page-qa-no-step = Cette relecture avance d’elle-même : il n’y a pas de pas à demander.
page-qa-cut = Couper la connexion
page-qa-resume = Reprendre après le curseur
page-qa-again = Recommencer sans curseur
page-qa-open-hint = La connexion est ouverte. Pour reprendre, coupez-la d’abord.
page-qa-closed-hint = La connexion est fermée : il n’y a rien à couper. Avec un curseur, elle reprend après le dernier événement.
page-qa-received = Reçus
page-qa-doubled = En double
page-qa-out-of-order = Désordonnés
page-qa-missed = Manqués
page-qa-counted-hint = Compté à partir de ce que transmet le client, au-delà de chaque coupure. Le décalage part du premier événement reçu.
page-qa-dropped =
    { PLURAL($count) ->
        [one] { NUMBER($count) } ligne plus ancienne n’est plus affichée.
        [many] { NUMBER($count) } de lignes plus anciennes ne sont plus affichées.
       *[other] { NUMBER($count) } lignes plus anciennes ne sont plus affichées.
    }
page-qa-column-cursor = Curseur
page-qa-column-code = Code
page-qa-column-offset = Décalage
page-qa-offset = { $seconds } s
page-qa-note-opening = Connexion par { $transport }, sans curseur
page-qa-note-resuming = Connexion par { $transport }, après le curseur { $cursor }
page-qa-note-connection = Connecté, langue { $locale }
page-qa-note-connection-replay = Connecté à une relecture, langue { $locale }
page-qa-note-live = En direct : ce qui suit est nouveau
page-qa-note-reset = Réinitialisation ({ $reason }) : reprise depuis le premier événement
page-qa-note-reconnecting = La connexion s’est interrompue. Prochaine tentative dans { NUMBER($seconds, maximumFractionDigits: 1) } s.
page-qa-note-refused = Refusé : { $code }.
page-qa-note-malformed = Illisible : { $data }
page-qa-note-cut = Vous avez coupé la connexion
page-qa-note-ended = Le flux est terminé
page-qa-note-stepped = Pas : affiché jusqu’à l’événement { NUMBER($seq) }
page-qa-note-missed = Manqués : événements { NUMBER($first) } à { NUMBER($last) }
page-qa-note-late = Désordonné : événement { NUMBER($seq) }
page-qa-note-doubled = En double : événement { NUMBER($seq) }


## Page: events reference

page-reference-heading = Référence des événements
page-reference-intro = Lue dans le document de ce serveur. Les descriptions sont en anglais.
page-reference-docs = Ouvrir la référence de l’API
page-reference-filter = Filtre
page-reference-filter-hint = Un code, un paramètre ou des mots d’un message
page-reference-shown =
    { PLURAL($count) ->
        [one] { NUMBER($count) } code
        [many] { NUMBER($count) } de codes
       *[other] { NUMBER($count) } codes
    }
page-reference-none = Aucun code ne correspond.
page-reference-reading = Lecture du document…
page-reference-failed = Le document ne peut pas être lu.
page-reference-any-phase = Toute phase
page-reference-errors = Codes d’erreur
page-reference-param = Paramètre
page-reference-type = Type
page-reference-always = Toujours présent
page-reference-yes = Oui
page-reference-no = Non
page-reference-meaning = Sens et unité
page-reference-no-params = Aucun paramètre propre.
page-reference-example = Exemple


## Page: errors of a request

page-error-heading = Le build n’a pas été lancé
page-error-code = Code
page-error-request = Requête


## Reasons of a failure: of the page, and of legacy messages

page-reason-command_failed = Une commande du build s’est terminée par une erreur.
page-reason-manifest_invalid = package.json est illisible.
page-reason-history_failed = L’historique du répertoire de travail n’a pas pu être écrit.
page-reason-no_output = Le build n’a produit aucun dossier de sortie.
page-reason-attempts_exhausted = Toutes les tentatives ont été interrompues.
page-reason-storage_unavailable = Le stockage est indisponible ou plein.
page-reason-command_not_found = Une commande nécessaire au build n’est pas installée sur le serveur.
page-reason-internal = Une erreur s’est produite sur le serveur.
page-reason-lockfile_invalid = Le fichier de verrouillage ne correspond pas au manifeste, ou est illisible.
page-reason-output_too_deep = Les dossiers de sortie sont imbriqués trop profondément.
page-reason-output_too_large = Le résultat est plus volumineux que la limite autorisée.
page-reason-package_manager_unavailable = Le gestionnaire de paquets n’a pas pu être obtenu.
page-reason-artifact_missing = Les fichiers de la version ne sont plus conservés.
page-reason-artifact_corrupt = Les fichiers de la version sont endommagés.
page-reason-artifact_refused = Les fichiers de la version ne peuvent pas être décompressés sans risque.
page-reason-ai_limit_reached = La limite du fournisseur d’IA est atteinte.
page-reason-provider_unavailable = Le fournisseur d’IA n’est pas disponible.
page-reason-network_timeout = Le fournisseur d’IA n’a pas répondu à temps.
page-reason-generator_refused = Le fournisseur d’IA n’a pas accepté la demande.
page-reason-generation_incomplete = La réponse du fournisseur d’IA s’est interrompue.
page-reason-generation_truncated = La réponse du fournisseur d’IA a atteint sa longueur maximale.
page-reason-generation_filtered = Le fournisseur d’IA a retenu sa réponse.
page-reason-generation_unreadable = La réponse du fournisseur d’IA est illisible.
page-reason-generation_too_large = La réponse du fournisseur d’IA est plus volumineuse que la limite autorisée.
page-reason-generation_empty = La réponse du fournisseur d’IA ne contient aucun fichier.
page-reason-generated_files_invalid = La réponse du fournisseur d’IA contient un fichier que le projet ne peut pas avoir.
page-reason-timed_out = La durée autorisée a été dépassée.
page-reason-stopped = L’opération a été arrêtée.
page-reason-memory_limit = Le build a utilisé plus de mémoire que la limite autorisée.
page-reason-process_limit = Le build a lancé plus de processus simultanés que la limite autorisée.
page-reason-disk_limit = Le build a écrit plus de données sur le disque que la limite autorisée.
