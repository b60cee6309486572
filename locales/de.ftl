# German messages of the server and of the page.
#
# One message per event code, with the code as its id; one per error code, `error-CODE`;
# the page's own texts, `page-…`. Only params that a code always has are used, so every
# message reads well whatever else is missing. Numbers arrive raw. PLURAL() gives the
# plural category of a number and is registered by whoever renders.


## Events: setup

BUILD_QUEUED = In der Warteschlange, Platz { NUMBER($queuePosition) }.
BUILD_STARTED =
    { $isRetry ->
        [true] Build erneut gestartet, Versuch { NUMBER($attemptNumber) }.
       *[other] Build gestartet.
    }
BUILD_VALIDATING =
    { PLURAL($count) ->
        [one] { NUMBER($count) } Datei wird geprüft.
       *[other] { NUMBER($count) } Dateien werden geprüft.
    }
BUILD_FRAMEWORK_DETECTING = Das Framework wird ermittelt.


## Events: development

BUILD_DEVELOPMENT_STARTING =
    { $isRetry ->
        [true] Die Arbeit am Code beginnt erneut, Versuch { NUMBER($attemptNumber) }.
       *[other] Die Arbeit am Code beginnt.
    }
BUILD_CODE_GENERATING = Code wird mit { $provider } geschrieben.
BUILD_CODE_REVIEWING =
    { PLURAL($count) ->
        [one] { NUMBER($count) } Datei wird durchgesehen.
       *[other] { NUMBER($count) } Dateien werden durchgesehen.
    }
BUILD_CODE_APPLYING = Änderungen werden angewendet, { NUMBER($step) } von { NUMBER($total) }.
BUILD_DEVELOPMENT_COMPLETE =
    { PLURAL($count) ->
        [one] Der Code ist fertig: { NUMBER($count) } Datei in { NUMBER($duration, maximumFractionDigits: 1) } s.
       *[other] Der Code ist fertig: { NUMBER($count) } Dateien in { NUMBER($duration, maximumFractionDigits: 1) } s.
    }


## Events: dependencies

BUILD_DEPENDENCIES_ANALYZING =
    { PLURAL($count) ->
        [one] { $packageManager }: { NUMBER($count) } Abhängigkeit aufgeführt.
       *[other] { $packageManager }: { NUMBER($count) } Abhängigkeiten aufgeführt.
    }
BUILD_DEPENDENCIES_INSTALLING = Installation mit { $packageManager }, { NUMBER($step) } von { NUMBER($total) }.
BUILD_DEPENDENCIES_CACHED =
    { PLURAL($count) ->
        [one] { NUMBER($count) } Paket aus dem Cache übernommen.
       *[other] { NUMBER($count) } Pakete aus dem Cache übernommen.
    }
BUILD_DEPENDENCIES_COMPLETE =
    { PLURAL($packagesInstalled) ->
        [one] { NUMBER($packagesInstalled) } Paket in { NUMBER($duration, maximumFractionDigits: 1) } s bereitgestellt.
       *[other] { NUMBER($packagesInstalled) } Pakete in { NUMBER($duration, maximumFractionDigits: 1) } s bereitgestellt.
    }


## Events: build

BUILD_COMPILING = Kompilierung läuft ({ $framework }).
BUILD_BUNDLING =
    { PLURAL($count) ->
        [one] { NUMBER($count) } Ausgabedatei wird gesammelt.
       *[other] { NUMBER($count) } Ausgabedateien werden gesammelt.
    }
BUILD_OPTIMIZING = Dateien werden optimiert, { NUMBER($step) } von { NUMBER($total) }.


## Events: deploy

BUILD_DEPLOYING = Eine neue Version wird bereitgestellt.
BUILD_DEPLOY_PREPARING =
    { PLURAL($count) ->
        [one] { NUMBER($count) } Datei wird gepackt, { NUMBER($artifactSize) } Byte.
       *[other] { NUMBER($count) } Dateien werden gepackt, { NUMBER($artifactSize) } Byte.
    }
BUILD_DEPLOY_UPLOADING = Die Version wird gespeichert, { NUMBER($step) } von { NUMBER($total) } Byte.
BUILD_PREVIEW_PREPARING = Die Vorschau wird vorbereitet.
BUILD_DEPLOY_ACTIVATING = Die Vorschau wird auf die neue Version umgestellt.


## Events: metadata

BUILD_METADATA_GENERATING = Das Ergebnis wird untersucht.
BUILD_RECOMMENDATIONS_GENERATED =
    { PLURAL($count) ->
        [one] { NUMBER($count) } Empfehlung für diese Website.
       *[other] { NUMBER($count) } Empfehlungen für diese Website.
    }
BUILD_METADATA_COMPLETE = Die Durchsicht der Website ist abgeschlossen.


## Events: the end of a build

BUILD_COMPLETED = Build in { NUMBER($duration, maximumFractionDigits: 1) } s abgeschlossen.
BUILD_FAILED = Der Build ist fehlgeschlagen.
BUILD_TIMEOUT = Der Build wurde nach { NUMBER($duration, maximumFractionDigits: 0) } s, seinem Zeitlimit, beendet.
BUILD_CANCELLED = Der Build wurde abgebrochen.


## Events: rollback

ROLLBACK_STARTED = Rollback gestartet.
ROLLBACK_VALIDATING = Die frühere Version wird geprüft.
ROLLBACK_PREVIEW_UPDATING = Die Vorschau wird auf die frühere Version umgestellt.
ROLLBACK_ARTIFACT_DOWNLOADING = Die frühere Version wird abgerufen, { NUMBER($artifactSize) } Byte.
ROLLBACK_WORKING_DIR_SYNCING = Dateien werden wiederhergestellt, { NUMBER($step) } von { NUMBER($total) }.
ROLLBACK_COMPLETED = Rollback in { NUMBER($duration, maximumFractionDigits: 1) } s abgeschlossen.
ROLLBACK_FAILED = Das Rollback ist fehlgeschlagen.


## Errors

error-AI_LIMIT_REACHED =
    { PLURAL($retryAfter) ->
        [one] Das Limit des KI-Anbieters ist erreicht. Versuchen Sie es in { NUMBER($retryAfter) } Sekunde erneut.
       *[other] Das Limit des KI-Anbieters ist erreicht. Versuchen Sie es in { NUMBER($retryAfter) } Sekunden erneut.
    }
error-INSUFFICIENT_BALANCE = Das Guthaben reicht nicht aus: { NUMBER($requiredBalance) } erforderlich, { NUMBER($currentBalance) } verfügbar.
error-INSUFFICIENT_CREDITS = Nicht genügend Credits: { NUMBER($required) } erforderlich, { NUMBER($available) } verfügbar.
error-RATE_LIMITED =
    { PLURAL($retryAfter) ->
        [one] Zu viele Anfragen. Versuchen Sie es in { NUMBER($retryAfter) } Sekunde erneut.
       *[other] Zu viele Anfragen. Versuchen Sie es in { NUMBER($retryAfter) } Sekunden erneut.
    }
error-BUILD_ALREADY_RUNNING = Für dieses Projekt läuft bereits ein Build.
error-INVALID_STATE_TRANSITION = Ein Wechsel von „{ $from }“ zu „{ $to }“ ist nicht möglich.
error-IDEMPOTENCY_KEY_REUSED = Dieser Idempotenzschlüssel wurde für eine andere Anfrage verwendet.
error-IDEMPOTENCY_IN_PROGRESS = Dieselbe Anfrage wird noch bearbeitet. Versuchen Sie es in Kürze erneut.
error-ROLLBACK_IN_PROGRESS = Für dieses Projekt läuft ein Rollback.
error-VERSION_NOT_ELIGIBLE = Diese Version kann hier nicht verwendet werden.
error-BUILD_FAILED = Der Build ist fehlgeschlagen.
error-BUILD_TIMEOUT = Der Build hat die zulässige Dauer überschritten.
error-ROLLBACK_FAILED = Das Rollback ist fehlgeschlagen.
error-AUTH_FAILED = Die Anmeldedaten der Anfrage wurden nicht akzeptiert.
error-AUTH_EXPIRED = Das Zugriffstoken ist abgelaufen.
error-FORBIDDEN = Diese Aktion ist nicht erlaubt.
error-NOT_FOUND =
    Nicht gefunden: { $resource ->
        [build] Build
        [project] Projekt
        [version] Version
        [rollback] Rollback
        [artifact] Artefakt
        [file] Datei
        [path] Adresse
        [preview] Vorschau
        [reservation] Reservierung
        [user] Benutzer
        [locale] Sprache
        [replay] Wiedergabe
        [recording] Aufzeichnung
       *[other] { $resource }
    }.
error-PAYLOAD_TOO_LARGE = Die Anfrage ist größer als { NUMBER($limit) } Byte.
error-NETWORK_TIMEOUT = Ein anderer Dienst hat nicht rechtzeitig geantwortet.
error-PROVIDER_UNAVAILABLE = Der KI-Anbieter ist nicht verfügbar.
error-QUOTA_EXCEEDED = Ein Kontingent ist ausgeschöpft.
error-INVALID_INPUT = Die Anfrage ist ungültig.
error-VALIDATION_FAILED = Einige Werte sind ungültig.
error-METHOD_NOT_ALLOWED = Diese Adresse unterstützt diese Methode nicht.
error-UNSUPPORTED_MEDIA_TYPE = Der Inhaltstyp der Anfrage wird nicht unterstützt.
error-NOT_ACCEPTABLE = Keiner der akzeptierten Typen kann geliefert werden.
error-SERVICE_UNAVAILABLE =
    { PLURAL($retryAfter) ->
        [one] Der Dienst ist nicht verfügbar. Versuchen Sie es in { NUMBER($retryAfter) } Sekunde erneut.
       *[other] Der Dienst ist nicht verfügbar. Versuchen Sie es in { NUMBER($retryAfter) } Sekunden erneut.
    }
error-INTERNAL_ERROR = Auf dem Server ist ein Fehler aufgetreten.


## Page: frame

page-tagline = Projekt bauen und jeden Schritt live verfolgen.
page-api-reference = API-Referenz
page-skip = Zur Ansicht springen
page-environment = { $environment } { $version }
page-views = Ansichten
page-view-build = Build
page-view-projects = Projekte
page-view-account = Guthaben
page-view-qa = QA
page-view-events = Ereignisse
page-language = Sprache
page-view-lost = Diese Ansicht konnte nicht geladen werden. Der Rest der Seite läuft weiter.
page-view-renewed = Die Seite wurde auf dem Server erneuert. Laden Sie sie neu, um diese Ansicht zu sehen.
page-reload = Seite neu laden


## Page: login

page-login-heading = Anmelden
page-login-intro = Öffnen Sie diese Seite aus Ihrer Anwendung: Sie führt Sie mit einer Adresse hierher, die Sie anmeldet. Oder geben Sie das Token ein, das Sie erhalten haben.
page-login-token = Token oder Adresse mit Token
page-login-hint = Ein Token meldet einmal an, und nur innerhalb weniger Minuten.
page-login-unread = Das ist kein Token, mit dem man sich anmelden kann.
page-login-as = Als { $user } anmelden?
page-login-instead = Sie sind als { $now } angemeldet. Stattdessen als { $user } anmelden?
page-login-in = Anmelden
page-login-out = Abmelden
page-login-failed = Die Anmeldung ist fehlgeschlagen
page-login-needless = Dieser Server braucht keine Anmeldung: Im Entwicklungsmodus darf ihn jeder auf diesem Rechner benutzen.

## Page: project

page-project-heading = Projekt
page-source-legend = Quelle für den Build
page-source-static-site = Statische Website
page-source-static-site-hint = HTML, CSS, kein Build-Schritt
page-source-vite-app = Vite-Projekt
page-source-vite-app-hint = npm install, dann ein Build
page-source-own = Ihre Dateien
page-source-own-hint = Ein Ordner oder eine .zip-Datei
page-source-last = Letztes Projekt
page-source-last-hint = Durch einen Prompt geändert
page-source-last-none = Nach dem ersten Build
page-files-summary =
    { PLURAL($count) ->
        [one] { NUMBER($count) } Datei, { $size }
       *[other] { NUMBER($count) } Dateien, { $size }
    }
page-files-more =
    { PLURAL($count) ->
        [one] und { NUMBER($count) } weitere Datei
       *[other] und { NUMBER($count) } weitere Dateien
    }
page-files-skipped =
    { PLURAL($count) ->
        [one] { NUMBER($count) } Element übersprungen: { $names }
       *[other] { NUMBER($count) } Elemente übersprungen: { $names }
    }
page-files-list-label = Dateien für den Build
page-drop-hint = Ordner oder .zip-Datei hier ablegen oder
page-pick-folder = Ordner auswählen
page-pick-zip = .zip-Datei auswählen
page-files-remove = Entfernen
page-files-empty = Diese Auswahl enthält keine Dateien.
page-files-unreadable = Eine Datei konnte nicht gelesen werden. Möglicherweise wurde sie seit der Auswahl geändert: Bitte wählen Sie erneut.
page-files-too-large = Diese Dateien sind { $size } groß. Höchstens { $limit } können gesendet werden.
page-files-zip-too-large = Diese .zip-Datei ist { $size } groß. Als .zip-Datei können höchstens { $limit } gesendet werden.
page-files-zip-alone = Eine .zip-Datei wird für sich gebaut: Wählen Sie sie allein aus oder einen Ordner.
page-files-none = Es wurde nichts ausgewählt, oder der Ordner ist leer.
page-files-needed = Wählen Sie zuerst einen Ordner oder eine .zip-Datei aus.
page-sample-lost = Das Beispiel konnte nicht geladen werden.
page-name-label = Projektname
page-prompt-label = Was geändert werden soll (optional)
page-prompt-label-needed = Was geändert werden soll
page-prompt-hint = Ein KI-Anbieter erhält die Dateien und ändert sie nach diesen Worten vor dem Build.
page-prompt-last-files = Der Server hat die letzten Dateien. Schreiben Sie, was darin geändert werden soll: Nichts muss erneut gesendet werden.
page-prompt-count = { NUMBER($count) } von { NUMBER($limit) }
page-prompt-too-long =
    { PLURAL($count) ->
        [one] { NUMBER($count) } Zeichen zu viel.
       *[other] { NUMBER($count) } Zeichen zu viel.
    }
page-prompt-control-character = Der Text enthält ein Steuerzeichen, das nicht gesendet werden kann.
page-prompt-needed = Schreiben Sie zuerst, was geändert werden soll.
page-prompt-cost = Ein Build mit Prompt legt { $credits } zurück und bezahlt nach einem guten Ende, was er verbraucht hat. Verfügbar: { $available }.
page-prompt-cost-short = Zu wenig für einen Prompt, der { $credits } zurücklegt. Verfügbar: { $available }.
page-prompt-account = Guthaben ansehen
page-prompt-again = Um es weiter zu ändern, wählen Sie das letzte Projekt und schreiben Sie, was geändert werden soll.
page-start = Build starten
page-start-again = Build erneut starten
page-starting = Wird gestartet …
page-needs-development = Um Builds von dieser Seite aus zu starten, muss der Server im Entwicklungsmodus laufen. Die API-Referenz zeigt, wie sich ein Build mit einer signierten Anfrage starten lässt.
page-server-silent = Der Server antwortet nicht.
page-retry = Erneut versuchen


## Page: build

page-build-heading = Build
page-build-empty = Noch kein Build
page-build-empty-hint = Wählen Sie ein Projekt und starten Sie den Build. Jeder Schritt erscheint hier live.
page-state-connecting = Verbindung wird hergestellt
page-state-live = Live
page-state-reconnecting = Verbindung wird wiederhergestellt
page-state-ended = Beendet
page-progress-label = Build-Fortschritt
page-progress-value = { NUMBER($percent, maximumFractionDigits: 0) } %
page-phases-label = Phasen
page-phase-setup = Vorbereitung
page-phase-development = Entwicklung
page-phase-dependencies = Abhängigkeiten
page-phase-build = Build
page-phase-deploy = Bereitstellung
page-phase-metadata = Metadaten
page-phase-rollback = Rollback
page-phase-state-pending = Wartet
page-phase-state-active = Läuft
page-phase-state-done = Fertig
page-phase-state-failed = Fehlgeschlagen
page-phase-state-cancelled = Abgebrochen
page-phase-state-skipped = Nicht erforderlich
page-phase-state-unreached = Nicht erreicht
page-seconds = { NUMBER($seconds, maximumFractionDigits: 1) } s
page-events-heading = Ereignisse
page-events-count =
    { PLURAL($count) ->
        [one] { NUMBER($count) } Ereignis
       *[other] { NUMBER($count) } Ereignisse
    }
page-events-repeated = { NUMBER($count) }-mal
page-events-params = Parameter von { $code }
page-events-none = Bisher ist nichts geschehen.
page-events-waiting = Warten auf das erste Ereignis …
page-event-number = Ereignis { NUMBER($seq) }
page-stream-lost = Die Verbindung ist unterbrochen und wird wiederhergestellt. Die Anzeige ist möglicherweise nicht aktuell.
page-stream-back = Die Verbindung besteht wieder. Der Build wird weiter angezeigt.
page-queue-heading = Wartet, bis er an der Reihe ist
page-queue-position = Platz { NUMBER($position) } in der Warteschlange
page-queue-end = Voraussichtliches Ende: { $time }
page-cancel = Build abbrechen
page-cancelling = Wird abgebrochen …
page-cancel-heading = Diesen Build abbrechen?
page-cancel-text = Was er bisher getan hat, geht verloren. Die veröffentlichte Version bleibt, wie sie ist.
page-cancel-keep = Weiter bauen
page-cancel-confirm = Abbrechen
page-cancel-refused = Der Build wurde nicht abgebrochen.
page-log-heading = Protokoll
page-log-count =
    { PLURAL($count) ->
        [one] { NUMBER($count) } Zeile
       *[other] { NUMBER($count) } Zeilen
    }
page-log-dropped =
    { PLURAL($count) ->
        [one] { NUMBER($count) } frühere Zeile wird nicht angezeigt.
       *[other] { NUMBER($count) } frühere Zeilen werden nicht angezeigt.
    }
page-log-none = Die Befehle haben nichts ausgegeben.
page-log-waiting = Bisher wurde nichts ausgegeben.
page-log-follow = Zum Ende
page-build-address = Eigene Adresse dieses Builds:
page-watch = Build verfolgen
page-watch-ended = Build ansehen
page-watch-project = Versionen des Projekts
page-watch-closed = Um einen Build auf dieser Seite zu zeigen, muss der Server im Entwicklungsmodus laufen.
page-watch-none = Diesen Build gibt es nicht
page-watch-none-hint = Die Adresse ist vielleicht falsch, oder der Build gehört jemand anderem.
page-watch-unread = Der Build konnte nicht gelesen werden


## Page: outcome

page-waiting-heading = Build läuft
page-success-heading = Ihre Vorschau ist bereit
page-open-preview = Vorschau öffnen
page-failed-heading = Der Build ist fehlgeschlagen
page-timeout-heading = Der Build hat zu lange gedauert
page-cancelled-heading = Der Build wurde abgebrochen
page-outcome-phase = Phase
page-outcome-reason = Grund
page-outcome-exit-code = Exit-Code
page-outcome-recoverable = Ein erneuter Build kann gelingen.
page-lost-heading = Dieser Build kann nicht mehr verfolgt werden
page-stream-gap =
    { PLURAL($count) ->
        [one] { NUMBER($count) } Ereignis wurde verpasst.
       *[other] { NUMBER($count) } Ereignisse wurden verpasst.
    }
page-choose-again = Wählen Sie die Dateien erneut aus, um einen weiteren Build dieses Projekts zu starten.


## Page: projects

page-projects-heading = Projekte
page-projects-refresh = Aktualisieren
page-projects-loading = Wird gelesen …
page-projects-closed = Um Projekte auf dieser Seite zu zeigen, muss der Server im Entwicklungsmodus laufen.
page-projects-unread = Die Projekte konnten nicht gelesen werden
page-projects-empty = Es gibt noch keine Projekte. Der erste Build legt eines an.
page-projects-start = Zum Build
page-projects-more = Mehr anzeigen
page-projects-preview-of = Vorschau öffnen: { $name }
page-projects-watch-of = Build verfolgen: { $name }
page-projects-state-queued = Wartet
page-projects-state-building = Wird gebaut
page-projects-state-deployed = Fertig
page-projects-state-failed = Fehlgeschlagen
page-projects-state-cancelled = Abgebrochen
page-projects-count =
    { PLURAL($count) ->
        [one] { NUMBER($count) } Projekt
       *[other] { NUMBER($count) } Projekte
    }


## Page: versions

page-versions-heading = Versionen
page-versions-back = Alle Projekte
page-versions-unread = Die Versionen konnten nicht gelesen werden
page-versions-empty = Es gibt noch keine Versionen. Ein erfolgreicher Build legt eine an.
page-versions-previewed = In der Vorschau
page-versions-published = Veröffentlicht
page-versions-deploying = Rollback läuft
page-versions-failed = Nicht bereitgestellt
page-versions-size = Größe
page-versions-framework = Framework
page-versions-kept = Dateien bis
page-versions-kept-longer = und solange sie veröffentlicht oder in der Vorschau ist
page-versions-recommendations = Was sie besser machen würde
page-recommendation-missing_title = Eine Seite hat keinen Titel: Ihr Tab und Suchergebnisse haben nichts anzuzeigen.
page-recommendation-missing_viewport = Eine Seite gibt nicht an, dass sie auf kleine Bildschirme passt: Ein Telefon zeigt sie winzig.
page-recommendation-missing_lang = Eine Seite nennt ihre Sprache nicht: Sie wird womöglich in der falschen vorgelesen.
page-recommendation-missing_alt = Ein Bild hat keinen Ersatztext: Wer es nicht sehen kann, erfährt nichts davon.
page-recommendation-no_index = Es gibt keine index.html: Die Adresse der Website hat keine Seite zu zeigen.
page-recommendation-no_lock_file = Es gibt keine Lock-Datei: Jeder Build kann andere Paketversionen installieren.
page-recommendation-oversized_image = Ein Bild ist sehr groß: Ein kleineres würde schneller geladen.
page-versions-preview = Vorschau
page-versions-publish = Veröffentlichen
page-versions-unpublish = Veröffentlichung aufheben
page-versions-rollback = Zurücksetzen
page-versions-download = Herunterladen
page-versions-cancel = Abbrechen
page-versions-ask-rollback = Auf { $version } zurücksetzen?
page-versions-ask-rollback-text = Die Vorschau zeigt diese Version sofort, und ihre Dateien werden die des Projekts. Es lässt sich nicht mehr anhalten, sobald es begonnen hat.
page-versions-ask-unpublish = Veröffentlichung von { $version } aufheben?
page-versions-ask-unpublish-text = Ihre öffentliche Adresse zeigt dann nichts mehr. Die Version bleibt in der Historie.
page-versions-refused = Das wurde nicht ausgeführt
page-versions-busy = Für das Projekt läuft ein Build oder ein Rollback.
page-versions-done-publish = { $version } ist veröffentlicht.
page-versions-done-unpublish = { $version } ist nicht mehr veröffentlicht.
page-versions-done-download = { $version } wird heruntergeladen.
page-versions-progress = Fortschritt des Rollbacks
page-versions-live = Veröffentlichte Website öffnen
page-versions-reason-artifact_missing = Ihre Dateien sind nicht mehr gespeichert.
page-versions-reason-artifact_expired = Die Aufbewahrungszeit ihrer Dateien ist abgelaufen.
page-versions-reason-already_published = Sie ist veröffentlicht.
page-versions-reason-deployment_failed = Sie ist nicht bereitgestellt.
page-versions-left =
    { PLURAL($count) ->
        [one] noch { NUMBER($count) } Tag
       *[other] noch { NUMBER($count) } Tage
    }


## Page: account

page-account-heading = Guthaben
page-account-closed = Um ein Guthaben auf dieser Seite zu zeigen, muss der Server im Entwicklungsmodus laufen.
page-account-unread = Das Guthaben konnte nicht gelesen werden
page-account-usage-unread = Der Verbrauch konnte nicht gelesen werden
page-account-as-of = Stand: { $time }
page-account-available = Verfügbar
page-account-credits =
    { PLURAL($count) ->
        [one] { NUMBER($count) } Credit
       *[other] { NUMBER($count) } Credits
    }
page-account-unit = Ein Credit ist eine Sekunde Arbeit des KI-Anbieters.
page-account-bucket-dailyGift = Tagesgeschenk
page-account-bucket-welcomeBonus = Willkommensbonus
page-account-bucket-paid = Bezahlt
page-account-held = Zurückgelegt
page-account-held-shown = Zurückgelegt, laut den gezeigten Zeilen
page-account-used-today = Heute verbraucht (UTC)
page-account-used-ever = Insgesamt verbraucht
page-account-lapse =
    { PLURAL($count) ->
        [one] { NUMBER($count) } Credit des Tagesgeschenks verfällt am { $time }, wenn er nicht verbraucht wird.
       *[other] { NUMBER($count) } Credits des Tagesgeschenks verfallen am { $time }, wenn sie nicht verbraucht werden.
    }
page-account-lapse-none = Es verfallen keine Credits.
page-account-usage = Verbrauch
page-account-range = Zeitraum
page-account-days =
    { PLURAL($count) ->
        [one] { NUMBER($count) } Tag
       *[other] { NUMBER($count) } Tage
    }
page-account-period = { $from } bis { $to }, nach Tagen in UTC
page-account-credits-by-day = Verbrauchte Credits nach Tagen
page-account-credits-none = In diesem Zeitraum wurden keine Credits verbraucht.
page-account-builds-by-day = Builds nach Tagen und Ausgang
page-account-builds-none = In diesem Zeitraum wurden keine Builds gestartet.
page-account-builds =
    { PLURAL($count) ->
        [one] { NUMBER($count) } Build
       *[other] { NUMBER($count) } Builds
    }
page-account-under-way = Läuft noch
page-account-plot-summary = { $heading }, Balkendiagramm, { $from } bis { $to }. Insgesamt { $total }. Am meisten am { $day }: { $most }.
page-account-plot-empty = { $heading }, Balkendiagramm, { $from } bis { $to }. Alle Tage stehen auf 0.
page-account-figures = Zahlen als Tabelle
page-account-by-operation = Wofür die Credits verbraucht wurden
page-account-operation-build = Erster Build eines Projekts
page-account-operation-update = Späterer Build eines Projekts
page-account-operation-external = Arbeit außerhalb von Builds
page-account-charges =
    { PLURAL($count) ->
        [one] { NUMBER($count) } Buchung
       *[other] { NUMBER($count) } Buchungen
    }
page-account-states = Was aus den Builds wurde
page-account-durations = Wie lange Builds dauerten
page-account-durations-of =
    { PLURAL($count) ->
        [one] Von { NUMBER($count) } fertigen Build, ohne die Wartezeit.
       *[other] Von { NUMBER($count) } fertigen Builds, ohne die Wartezeit.
    }
page-account-durations-none = In diesem Zeitraum wurde kein Build fertig.
page-account-median = Die Hälfte dauerte höchstens
page-account-percentile = { NUMBER($percent) } % dauerten höchstens
page-account-mean = Im Durchschnitt
page-account-failures = Wo Builds fehlschlugen
page-account-failures-none = In diesem Zeitraum schlug kein Build fehl.
page-account-column-builds = Builds
page-account-column-day = Tag (UTC)
page-account-column-time = Zeit
page-account-column-what = Was
page-account-column-credits = Credits
page-account-column-after = Danach verfügbar
page-account-ledger = Kontobuch
page-account-ledger-empty = Auf diesem Konto wurde noch nichts gebucht.
page-account-lines =
    { PLURAL($count) ->
        [one] { NUMBER($count) } Zeile gezeigt
       *[other] { NUMBER($count) } Zeilen gezeigt
    }
page-account-unsettled = Das Konto änderte sich, während es gelesen wurde. Was nach jeder Zeile übrig war, ist daher nicht bekannt. Aktualisieren Sie, um es zu sehen.
page-account-still-held = noch zurückgelegt
page-account-kind-welcome = Willkommen
page-account-kind-gift = Geschenk des Tages
page-account-kind-lapse = Verfallen
page-account-kind-credit = Eingegangen
page-account-kind-hold = Zurückgelegt
page-account-kind-release = Zurückgegeben
page-account-kind-expire = Zurückgegeben, die Zeit war um
page-account-kind-charge = Verbraucht
page-account-by = Durch
page-account-reason = Grund
page-account-reference = Referenz
page-account-build = Build
page-account-actor-api = eine Anfrage
page-account-actor-api-named = { $name }, in einer Anfrage
page-account-actor-build = das Ende eines Builds
page-account-actor-expiry = das Ende der Frist
page-account-actor-sweep = der Server, zu Beginn des Tages
page-account-actor-command = ein Befehl auf dem Server
page-account-actor-command-named = { $name }, auf dem Server


## Page: QA

page-qa-heading = Build wiedergeben
page-qa-intro = Der Server zeigt die gespeicherten Ereignisse eines Builds noch einmal. Trennen Sie die Verbindung, kommen Sie zurück und sehen Sie, dass nichts verloren geht.
page-qa-build = Build
page-qa-build-deployed = Bereitgestellt
page-qa-build-failed = Fehlgeschlagen
page-qa-build-cancelled = Abgebrochen
page-qa-no-builds = Noch ist kein Build beendet.
page-qa-reading = Builds werden gelesen …
page-qa-older = Ältere Builds
page-qa-from = Ab Ereignis
page-qa-speed = Tempo
page-qa-speed-all = Alle auf einmal
page-qa-speed-none = Keines: in Schritten
page-qa-transport = Übertragung
page-qa-transport-sse = Server-Sent Events
page-qa-transport-websocket = WebSocket
page-qa-by-step = Schritt für Schritt
page-qa-start = Wiedergabe starten
page-qa-download = Aufzeichnung herunterladen
page-qa-recording =
    { PLURAL($count) ->
        [one] { NUMBER($count) } Ereignis.
       *[other] { NUMBER($count) } Ereignisse.
    }
page-qa-checksum-good = Die Prüfsumme passt zu den empfangenen Bytes.
page-qa-checksum-bad = Die Prüfsumme passt nicht zu den empfangenen Bytes.
page-qa-checksum-unknown = Dieser Browser kann die Prüfsumme hier nicht prüfen.
page-qa-record-heading = Was ankam
page-qa-empty = Starten Sie eine Wiedergabe. Jedes Ereignis und jeder Frame erscheint hier.
page-qa-state-cut = Getrennt
page-qa-step =
    { PLURAL($count) ->
        [one] Nächstes Ereignis
       *[other] Nächste { NUMBER($count) } Ereignisse
    }
page-qa-step-hint = Die Wiedergabe wartet auf jeden Schritt.
page-qa-no-step = Diese Wiedergabe läuft von selbst: Einzelschritte gibt es nicht.
page-qa-cut = Verbindung trennen
page-qa-resume = Nach dem Cursor fortsetzen
page-qa-again = Ohne Cursor neu beginnen
page-qa-open-hint = Die Verbindung steht. Zum Fortsetzen muss sie erst getrennt werden.
page-qa-closed-hint = Die Verbindung ist geschlossen und kann nicht getrennt werden. Mit einem Cursor geht es nach dem letzten Ereignis weiter.
page-qa-received = Empfangen
page-qa-doubled = Doppelt
page-qa-out-of-order = Falsche Reihenfolge
page-qa-missed = Verpasst
page-qa-counted-hint = Gezählt wird, was der Client weitergibt, über jede Trennung hinweg. Der Abstand zählt ab dem ersten empfangenen Ereignis.
page-qa-dropped =
    { PLURAL($count) ->
        [one] { NUMBER($count) } ältere Zeile wird nicht mehr gezeigt.
       *[other] { NUMBER($count) } ältere Zeilen werden nicht mehr gezeigt.
    }
page-qa-column-cursor = Cursor
page-qa-column-code = Code
page-qa-column-offset = Abstand
page-qa-offset = { $seconds } s
page-qa-note-opening = Verbindungsaufbau über { $transport }, ohne Cursor
page-qa-note-resuming = Verbindungsaufbau über { $transport }, nach Cursor { $cursor }
page-qa-note-connection = Verbunden, Sprache { $locale }
page-qa-note-connection-replay = Mit einer Wiedergabe verbunden, Sprache { $locale }
page-qa-note-live = Live: Was folgt, ist neu
page-qa-note-reset = Zurückgesetzt ({ $reason }): Es beginnt wieder beim ersten Ereignis
page-qa-note-reconnecting = Die Verbindung ist abgerissen. Nächster Versuch in { NUMBER($seconds, maximumFractionDigits: 1) } s.
page-qa-note-refused = Abgelehnt: { $code }.
page-qa-note-malformed = Nicht lesbar: { $data }
page-qa-note-cut = Sie haben die Verbindung getrennt
page-qa-note-ended = Der Stream ist beendet
page-qa-note-stepped = Schritt: gezeigt bis Ereignis { NUMBER($seq) }
page-qa-note-missed = Verpasst: Ereignisse { NUMBER($first) } bis { NUMBER($last) }
page-qa-note-late = Falsche Reihenfolge: Ereignis { NUMBER($seq) }
page-qa-note-doubled = Doppelt: Ereignis { NUMBER($seq) }


## Page: events reference

page-reference-heading = Ereignisreferenz
page-reference-intro = Aus dem Dokument dieses Servers gelesen. Beschreibungen sind auf Englisch.
page-reference-docs = API-Referenz öffnen
page-reference-filter = Filter
page-reference-filter-hint = Ein Code, ein Parameter oder Wörter einer Meldung
page-reference-shown =
    { PLURAL($count) ->
        [one] { NUMBER($count) } Code
       *[other] { NUMBER($count) } Codes
    }
page-reference-none = Kein Code passt.
page-reference-reading = Das Dokument wird gelesen …
page-reference-failed = Das Dokument kann nicht gelesen werden.
page-reference-any-phase = Jede Phase
page-reference-errors = Fehlercodes
page-reference-param = Parameter
page-reference-type = Typ
page-reference-always = Immer vorhanden
page-reference-yes = Ja
page-reference-no = Nein
page-reference-meaning = Bedeutung und Einheit
page-reference-no-params = Keine eigenen Parameter.
page-reference-example = Beispiel


## Page: errors of a request

page-error-heading = Der Build wurde nicht gestartet
page-error-code = Code
page-error-request = Anfrage


## Reasons of a failure: of the page, and of legacy messages

page-reason-command_failed = Ein Befehl des Builds endete mit einem Fehler.
page-reason-manifest_invalid = package.json lässt sich nicht lesen.
page-reason-history_failed = Der Verlauf des Arbeitsverzeichnisses konnte nicht geschrieben werden.
page-reason-no_output = Der Build hat keinen Ausgabeordner erzeugt.
page-reason-attempts_exhausted = Alle Versuche wurden unterbrochen.
page-reason-storage_unavailable = Der Speicher ist nicht verfügbar oder voll.
page-reason-command_not_found = Ein Befehl, den der Build braucht, ist auf dem Server nicht installiert.
page-reason-internal = Auf dem Server ist ein Fehler aufgetreten.
page-reason-lockfile_invalid = Die Lock-Datei passt nicht zum Manifest oder ist nicht lesbar.
page-reason-output_too_deep = Die Ordner der Ausgabe sind zu tief verschachtelt.
page-reason-output_too_large = Die Ausgabe ist größer als erlaubt.
page-reason-package_manager_unavailable = Die Paketverwaltung konnte nicht abgerufen werden.
page-reason-artifact_missing = Die Dateien der Version sind nicht mehr gespeichert.
page-reason-artifact_corrupt = Die Dateien der Version sind beschädigt.
page-reason-artifact_refused = Die Dateien der Version lassen sich nicht sicher entpacken.
page-reason-ai_limit_reached = Das Limit des KI-Anbieters ist erreicht.
page-reason-provider_unavailable = Der KI-Anbieter ist nicht verfügbar.
page-reason-network_timeout = Der KI-Anbieter hat nicht rechtzeitig geantwortet.
page-reason-generator_refused = Der KI-Anbieter hat die Anfrage nicht angenommen.
page-reason-generation_incomplete = Die Antwort des KI-Anbieters ist abgebrochen.
page-reason-generation_truncated = Die Antwort des KI-Anbieters hat ihre maximale Länge erreicht.
page-reason-generation_filtered = Der KI-Anbieter hat seine Antwort zurückgehalten.
page-reason-generation_unreadable = Die Antwort des KI-Anbieters war nicht lesbar.
page-reason-generation_too_large = Die Antwort des KI-Anbieters ist größer als erlaubt.
page-reason-generation_empty = Die Antwort des KI-Anbieters enthält keine Dateien.
page-reason-generated_files_invalid = Die Antwort des KI-Anbieters enthält eine Datei, die nicht im Projekt stehen darf.
page-reason-timed_out = Die zulässige Dauer wurde überschritten.
page-reason-stopped = Der Vorgang wurde angehalten.
page-reason-memory_limit = Der Build hat mehr Arbeitsspeicher belegt als erlaubt.
page-reason-process_limit = Der Build hatte mehr gleichzeitige Prozesse als erlaubt.
page-reason-disk_limit = Der Build hat mehr auf die Festplatte geschrieben als erlaubt.
