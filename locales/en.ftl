# English messages of the server and of the page.
#
# One message per event code, with the code as its id; one per error code, `error-CODE`;
# the page's own texts, `page-…`. Only params that a code always has are used, so every
# message reads well whatever else is missing. Numbers arrive raw. PLURAL() gives the
# plural category of a number and is registered by whoever renders.


## Events: setup

BUILD_QUEUED = Waiting in the queue, place { NUMBER($queuePosition) }.
BUILD_STARTED =
    { $isRetry ->
        [true] Build started again, attempt { NUMBER($attemptNumber) }.
       *[other] Build started.
    }
BUILD_VALIDATING =
    { PLURAL($count) ->
        [one] Checking { NUMBER($count) } file.
       *[other] Checking { NUMBER($count) } files.
    }
BUILD_FRAMEWORK_DETECTING = Looking for the framework.


## Events: development

BUILD_DEVELOPMENT_STARTING =
    { $isRetry ->
        [true] Working on the code again, attempt { NUMBER($attemptNumber) }.
       *[other] Starting to work on the code.
    }
BUILD_CODE_GENERATING = Writing code with { $provider }.
BUILD_CODE_REVIEWING =
    { PLURAL($count) ->
        [one] Reviewing { NUMBER($count) } file.
       *[other] Reviewing { NUMBER($count) } files.
    }
BUILD_CODE_APPLYING = Applying changes, { NUMBER($step) } of { NUMBER($total) }.
BUILD_DEVELOPMENT_COMPLETE =
    { PLURAL($count) ->
        [one] Code is ready: { NUMBER($count) } file in { NUMBER($duration, maximumFractionDigits: 1) } s.
       *[other] Code is ready: { NUMBER($count) } files in { NUMBER($duration, maximumFractionDigits: 1) } s.
    }


## Events: dependencies

BUILD_DEPENDENCIES_ANALYZING =
    { PLURAL($count) ->
        [one] { $packageManager }: { NUMBER($count) } dependency listed.
       *[other] { $packageManager }: { NUMBER($count) } dependencies listed.
    }
BUILD_DEPENDENCIES_INSTALLING = Installing with { $packageManager }, { NUMBER($step) } of { NUMBER($total) }.
BUILD_DEPENDENCIES_CACHED =
    { PLURAL($count) ->
        [one] { NUMBER($count) } package taken from the cache.
       *[other] { NUMBER($count) } packages taken from the cache.
    }
BUILD_DEPENDENCIES_COMPLETE =
    { PLURAL($packagesInstalled) ->
        [one] { NUMBER($packagesInstalled) } package ready in { NUMBER($duration, maximumFractionDigits: 1) } s.
       *[other] { NUMBER($packagesInstalled) } packages ready in { NUMBER($duration, maximumFractionDigits: 1) } s.
    }


## Events: build

BUILD_COMPILING = Compiling ({ $framework }).
BUILD_BUNDLING =
    { PLURAL($count) ->
        [one] Collecting { NUMBER($count) } output file.
       *[other] Collecting { NUMBER($count) } output files.
    }
BUILD_OPTIMIZING = Optimizing files, { NUMBER($step) } of { NUMBER($total) }.


## Events: deploy

BUILD_DEPLOYING = Deploying a new version.
BUILD_DEPLOY_PREPARING =
    { PLURAL($count) ->
        [one] Packing { NUMBER($count) } file
       *[other] Packing { NUMBER($count) } files
    }, { PLURAL($artifactSize) ->
        [one] { NUMBER($artifactSize) } byte
       *[other] { NUMBER($artifactSize) } bytes
    }.
BUILD_DEPLOY_UPLOADING =
    { PLURAL($total) ->
        [one] Storing the version, { NUMBER($step) } of { NUMBER($total) } byte.
       *[other] Storing the version, { NUMBER($step) } of { NUMBER($total) } bytes.
    }
BUILD_PREVIEW_PREPARING = Preparing the preview.
BUILD_DEPLOY_ACTIVATING = Switching the preview to the new version.


## Events: metadata

BUILD_METADATA_GENERATING = Reviewing the result.
BUILD_RECOMMENDATIONS_GENERATED =
    { PLURAL($count) ->
        [one] { NUMBER($count) } recommendation for this site.
       *[other] { NUMBER($count) } recommendations for this site.
    }
BUILD_METADATA_COMPLETE = Done looking at the site.


## Events: the end of a build

BUILD_COMPLETED = Build finished in { NUMBER($duration, maximumFractionDigits: 1) } s.
BUILD_FAILED = The build failed.
BUILD_TIMEOUT = The build was stopped after { NUMBER($duration, maximumFractionDigits: 0) } s: that is its time limit.
BUILD_CANCELLED = The build was cancelled.


## Events: rollback

ROLLBACK_STARTED = Rollback started.
ROLLBACK_VALIDATING = Checking the earlier version.
ROLLBACK_PREVIEW_UPDATING = Switching the preview to the earlier version.
ROLLBACK_ARTIFACT_DOWNLOADING =
    { PLURAL($artifactSize) ->
        [one] Fetching the earlier version, { NUMBER($artifactSize) } byte.
       *[other] Fetching the earlier version, { NUMBER($artifactSize) } bytes.
    }
ROLLBACK_WORKING_DIR_SYNCING = Restoring files, { NUMBER($step) } of { NUMBER($total) }.
ROLLBACK_COMPLETED = Rollback finished in { NUMBER($duration, maximumFractionDigits: 1) } s.
ROLLBACK_FAILED = The rollback failed.


## Errors

error-AI_LIMIT_REACHED =
    { PLURAL($retryAfter) ->
        [one] The AI provider's limit is reached. Try again in { NUMBER($retryAfter) } second.
       *[other] The AI provider's limit is reached. Try again in { NUMBER($retryAfter) } seconds.
    }
error-INSUFFICIENT_BALANCE = The balance is too low: { NUMBER($requiredBalance) } needed, { NUMBER($currentBalance) } available.
error-INSUFFICIENT_CREDITS = Not enough credits: { NUMBER($required) } needed, { NUMBER($available) } available.
error-RATE_LIMITED =
    { PLURAL($retryAfter) ->
        [one] Too many requests. Try again in { NUMBER($retryAfter) } second.
       *[other] Too many requests. Try again in { NUMBER($retryAfter) } seconds.
    }
error-BUILD_ALREADY_RUNNING = A build of this project is already running.
error-INVALID_STATE_TRANSITION = This cannot go from “{ $from }” to “{ $to }”.
error-IDEMPOTENCY_KEY_REUSED = This idempotency key was used for another request.
error-IDEMPOTENCY_IN_PROGRESS = The same request is still being processed. Try again shortly.
error-ROLLBACK_IN_PROGRESS = A rollback of this project is running.
error-VERSION_NOT_ELIGIBLE = This version cannot be used here.
error-BUILD_FAILED = The build failed.
error-BUILD_TIMEOUT = The build took longer than allowed.
error-ROLLBACK_FAILED = The rollback failed.
error-AUTH_FAILED = The request's credentials were not accepted.
error-AUTH_EXPIRED = The access token has expired.
error-FORBIDDEN = This is not allowed.
error-NOT_FOUND =
    Not found: { $resource ->
        [build] build
        [project] project
        [version] version
        [rollback] rollback
        [artifact] artifact
        [file] file
        [path] address
        [preview] preview
        [reservation] reservation
        [user] user
        [locale] language
        [replay] replay
        [recording] recording
       *[other] { $resource }
    }.
error-PAYLOAD_TOO_LARGE =
    { PLURAL($limit) ->
        [one] The request is larger than { NUMBER($limit) } byte.
       *[other] The request is larger than { NUMBER($limit) } bytes.
    }
error-NETWORK_TIMEOUT = Another service did not answer in time.
error-PROVIDER_UNAVAILABLE = The AI provider is not available.
error-QUOTA_EXCEEDED = A quota is used up.
error-INVALID_INPUT = The request is not valid.
error-VALIDATION_FAILED = Some of the values are not valid.
error-METHOD_NOT_ALLOWED = This address does not support that method.
error-UNSUPPORTED_MEDIA_TYPE = The request body's type is not supported.
error-NOT_ACCEPTABLE = The answer cannot be sent in any accepted type.
error-SERVICE_UNAVAILABLE =
    { PLURAL($retryAfter) ->
        [one] The service is not available. Try again in { NUMBER($retryAfter) } second.
       *[other] The service is not available. Try again in { NUMBER($retryAfter) } seconds.
    }
error-INTERNAL_ERROR = Something went wrong on the server.


## Page: frame

page-tagline = Build a project and watch every step as it happens.
page-api-reference = API reference
page-skip = Skip to the view
page-environment = { $environment } { $version }
page-views = Views
page-view-build = Build
page-view-projects = Projects
page-view-account = Balance
page-view-qa = QA
page-view-events = Events
page-language = Language
page-view-lost = This view could not be loaded. The rest of the page goes on.
page-view-renewed = The page was renewed on the server. Reload it to see this view.
page-reload = Reload the page


## Page: login

page-login-heading = Log in
page-login-intro = Open this page from your application, which sends you here with an address that logs you in. Or show the token that you were given.
page-login-token = Token, or the address with it
page-login-hint = A token logs in once, and within minutes.
page-login-unread = This is no token that logs in.
page-login-as = Log in as { $user }?
page-login-instead = You are logged in as { $now }. Log in as { $user } instead?
page-login-in = Log in
page-login-out = Log out
page-login-failed = The login failed
page-login-needless = This server needs no login: in development everybody on this machine is its user.

## Page: project

page-project-heading = Project
page-source-legend = What to build
page-source-static-site = Static site
page-source-static-site-hint = HTML, CSS, no build step
page-source-vite-app = Vite project
page-source-vite-app-hint = npm install, then a build
page-source-own = Your files
page-source-own-hint = A folder or a .zip
page-source-last = Last project
page-source-last-hint = Changed by a prompt
page-source-last-none = After the first build
page-files-summary =
    { PLURAL($count) ->
        [one] { NUMBER($count) } file, { $size }
       *[other] { NUMBER($count) } files, { $size }
    }
page-files-more =
    { PLURAL($count) ->
        [one] and { NUMBER($count) } more file
       *[other] and { NUMBER($count) } more files
    }
page-files-skipped =
    { PLURAL($count) ->
        [one] { NUMBER($count) } item skipped: { $names }
       *[other] { NUMBER($count) } items skipped: { $names }
    }
page-files-list-label = Files to build
page-drop-hint = Drop a folder or a .zip here, or
page-pick-folder = Choose a folder
page-pick-zip = Choose a .zip
page-files-remove = Remove
page-files-empty = There are no files in this selection.
page-files-unreadable = A file could not be read. It may have changed since it was chosen: choose again.
page-files-too-large = These files total { $size }. At most { $limit } can be sent.
page-files-zip-too-large = This .zip has { $size }. At most { $limit } can be sent as a .zip.
page-files-zip-alone = A .zip is built by itself: choose it alone, or a folder.
page-files-none = Nothing was chosen, or the folder is empty.
page-files-needed = Choose a folder or a .zip first.
page-sample-lost = The sample could not be loaded.
page-name-label = Project name
page-prompt-label = What to change (optional)
page-prompt-label-needed = What to change
page-prompt-hint = An AI provider is sent the files, and changes them by these words before the build.
page-prompt-last-files = The server has its last files. Say what to change in them: nothing has to be sent again.
page-prompt-count = { NUMBER($count) } of { NUMBER($limit) }
page-prompt-too-long =
    { PLURAL($count) ->
        [one] { NUMBER($count) } character too many.
       *[other] { NUMBER($count) } characters too many.
    }
page-prompt-control-character = There is a control character in it, which cannot be sent.
page-prompt-needed = Write what to change first.
page-prompt-cost = A build with a prompt sets aside { $credits } and, once it has ended well, pays what it used. Available: { $available }.
page-prompt-cost-short = Too little for a prompt, which sets aside { $credits }. Available: { $available }.
page-prompt-account = See the balance
page-prompt-again = To change it further, choose the last project and write what to change.
page-start = Start build
page-start-again = Build again
page-starting = Starting…
page-needs-development = Starting builds from this page needs the server's development mode. The API reference shows how to start one with a signed request.
page-server-silent = The server does not answer.
page-retry = Try again


## Page: build

page-build-heading = Build
page-build-empty = No build yet
page-build-empty-hint = Choose a project and start. Every step will show here as it happens.
page-state-connecting = Connecting
page-state-live = Live
page-state-reconnecting = Reconnecting
page-state-ended = Ended
page-progress-label = Build progress
page-progress-value = { NUMBER($percent, maximumFractionDigits: 0) }%
page-phases-label = Phases
page-phase-setup = Setup
page-phase-development = Development
page-phase-dependencies = Dependencies
page-phase-build = Build
page-phase-deploy = Deploy
page-phase-metadata = Metadata
page-phase-rollback = Rollback
page-phase-state-pending = Waiting
page-phase-state-active = Running
page-phase-state-done = Done
page-phase-state-failed = Failed
page-phase-state-cancelled = Cancelled
page-phase-state-skipped = Not needed
page-phase-state-unreached = Not reached
page-seconds = { NUMBER($seconds, maximumFractionDigits: 1) } s
page-events-heading = Events
page-events-count =
    { PLURAL($count) ->
        [one] { NUMBER($count) } event
       *[other] { NUMBER($count) } events
    }
page-events-repeated =
    { PLURAL($count) ->
        [one] { NUMBER($count) } time
       *[other] { NUMBER($count) } times
    }
page-events-params = Parameters of { $code }
page-events-none = Nothing has happened yet.
page-events-waiting = Waiting for the first event…
page-event-number = Event { NUMBER($seq) }
page-stream-lost = The connection is lost and is being tried again. What you see may be behind.
page-stream-back = The connection is back. The build goes on where it was.
page-queue-heading = Waiting for its turn
page-queue-position = Place { NUMBER($position) } in the queue
page-queue-end = Expected to end at { $time }
page-cancel = Cancel build
page-cancelling = Cancelling…
page-cancel-heading = Cancel this build?
page-cancel-text = What it has done so far is lost. The version that is published stays as it is.
page-cancel-keep = Keep building
page-cancel-confirm = Cancel it
page-cancel-refused = The build was not cancelled.
page-log-heading = Log
page-log-count =
    { PLURAL($count) ->
        [one] { NUMBER($count) } line
       *[other] { NUMBER($count) } lines
    }
page-log-dropped =
    { PLURAL($count) ->
        [one] { NUMBER($count) } earlier line is not shown.
       *[other] { NUMBER($count) } earlier lines are not shown.
    }
page-log-none = The commands printed nothing.
page-log-waiting = Nothing has been printed yet.
page-log-follow = Go to the end
page-build-address = This build’s own address:
page-watch = Watch the build
page-watch-ended = See the build
page-watch-project = The project’s versions
page-watch-closed = Showing a build on this page needs the server’s development mode.
page-watch-none = There is no such build
page-watch-none-hint = The address may be wrong, or the build is another user’s.
page-watch-unread = The build could not be read


## Page: outcome

page-waiting-heading = Building
page-success-heading = Your preview is ready
page-open-preview = Open preview
page-failed-heading = The build failed
page-timeout-heading = The build took too long
page-cancelled-heading = The build was cancelled
page-outcome-phase = Phase
page-outcome-reason = Reason
page-outcome-exit-code = Exit code
page-outcome-recoverable = Building again may succeed.
page-lost-heading = This build can no longer be watched
page-stream-gap =
    { PLURAL($count) ->
        [one] { NUMBER($count) } event was missed.
       *[other] { NUMBER($count) } events were missed.
    }
page-choose-again = Choose the files again to build this project again.


## Page: projects

page-projects-heading = Projects
page-projects-refresh = Refresh
page-projects-loading = Reading…
page-projects-closed = Showing projects on this page needs the server's development mode.
page-projects-unread = The projects could not be read
page-projects-empty = There are no projects yet. The first build makes one.
page-projects-start = Go to the build
page-projects-more = Show more
page-projects-preview-of = Open preview of { $name }
page-projects-watch-of = Watch the build of { $name }
page-projects-state-queued = Waiting
page-projects-state-building = Building
page-projects-state-deployed = Built
page-projects-state-failed = Failed
page-projects-state-cancelled = Cancelled
page-projects-count =
    { PLURAL($count) ->
        [one] { NUMBER($count) } project
       *[other] { NUMBER($count) } projects
    }


## Page: versions

page-versions-heading = Versions
page-versions-back = All projects
page-versions-unread = The versions could not be read
page-versions-empty = There are no versions yet. A build that ends well makes one.
page-versions-previewed = In the preview
page-versions-published = Published
page-versions-deploying = Rollback under way
page-versions-failed = Not deployed
page-versions-size = Size
page-versions-framework = Framework
page-versions-kept = Files kept until
page-versions-kept-longer = and for as long as it is published or in the preview
page-versions-recommendations = What would make it better
page-recommendation-missing_title = A page has no title: its tab and search results have nothing to show.
page-recommendation-missing_viewport = A page does not say that it fits small screens: a phone shows it tiny.
page-recommendation-missing_lang = A page does not name its language: it may be read out in the wrong one.
page-recommendation-missing_alt = A picture has no text in its place: who cannot see it learns nothing of it.
page-recommendation-no_index = There is no index.html: the address of the site has no page to show.
page-recommendation-no_lock_file = There is no lock file: each build may install other versions of the packages.
page-recommendation-oversized_image = A picture is very large: a smaller one would load sooner.
page-versions-preview = Preview
page-versions-publish = Publish
page-versions-unpublish = Unpublish
page-versions-rollback = Roll back
page-versions-download = Download
page-versions-cancel = Cancel
page-versions-ask-rollback = Roll back to { $version }?
page-versions-ask-rollback-text = The preview shows that version at once, and its files become the project’s. It cannot be stopped once it has begun.
page-versions-ask-unpublish = Unpublish { $version }?
page-versions-ask-unpublish-text = Its public address shows nothing then. The version stays in the history.
page-versions-refused = That was not done
page-versions-busy = The project has a build or a rollback under way.
page-versions-done-publish = { $version } is published.
page-versions-done-unpublish = { $version } is no longer published.
page-versions-done-download = { $version } is being downloaded.
page-versions-progress = Rollback progress
page-versions-live = Open the published site
page-versions-reason-artifact_missing = Its files are no longer stored.
page-versions-reason-artifact_expired = The time for which its files are kept is over.
page-versions-reason-already_published = It is published.
page-versions-reason-deployment_failed = It is not deployed.
page-versions-left =
    { PLURAL($count) ->
        [one] { NUMBER($count) } day left
       *[other] { NUMBER($count) } days left
    }


## Page: account

page-account-heading = Balance
page-account-closed = Showing a balance on this page needs the server’s development mode.
page-account-unread = The balance could not be read
page-account-usage-unread = The usage could not be read
page-account-as-of = As of { $time }
page-account-available = Available
page-account-credits =
    { PLURAL($count) ->
        [one] { NUMBER($count) } credit
       *[other] { NUMBER($count) } credits
    }
page-account-unit = A credit is a second of the AI provider’s time.
page-account-bucket-dailyGift = Daily gift
page-account-bucket-welcomeBonus = Welcome bonus
page-account-bucket-paid = Paid
page-account-held = Set aside
page-account-held-shown = Set aside by the lines shown
page-account-used-today = Used today (UTC)
page-account-used-ever = Used in all
page-account-lapse =
    { PLURAL($count) ->
        [one] { NUMBER($count) } credit of the daily gift lapses on { $time } if it is not used.
       *[other] { NUMBER($count) } credits of the daily gift lapse on { $time } if they are not used.
    }
page-account-lapse-none = No credits are about to lapse.
page-account-usage = Usage
page-account-range = Period
page-account-days =
    { PLURAL($count) ->
        [one] { NUMBER($count) } day
       *[other] { NUMBER($count) } days
    }
page-account-period = { $from } to { $to }, by days in UTC
page-account-credits-by-day = Credits used by day
page-account-credits-none = No credits were used in this period.
page-account-builds-by-day = Builds by day and outcome
page-account-builds-none = No builds were started in this period.
page-account-builds =
    { PLURAL($count) ->
        [one] { NUMBER($count) } build
       *[other] { NUMBER($count) } builds
    }
page-account-under-way = Under way
page-account-plot-summary = { $heading }, bar chart, { $from } to { $to }. { $total } in all. The most were on { $day }: { $most }.
page-account-plot-empty = { $heading }, bar chart, { $from } to { $to }. All days are at zero.
page-account-figures = Figures as a table
page-account-by-operation = What the credits were used for
page-account-operation-build = First build of a project
page-account-operation-update = Later build of a project
page-account-operation-external = Work outside of builds
page-account-charges =
    { PLURAL($count) ->
        [one] { NUMBER($count) } charge
       *[other] { NUMBER($count) } charges
    }
page-account-states = What became of the builds
page-account-durations = How long builds took
page-account-durations-of =
    { PLURAL($count) ->
        [one] Of { NUMBER($count) } build that was built, without the wait.
       *[other] Of { NUMBER($count) } builds that were built, without the wait.
    }
page-account-durations-none = No build was built in this period.
page-account-median = Half took at most
page-account-percentile = { NUMBER($percent) }% took at most
page-account-mean = On average
page-account-failures = Where builds failed
page-account-failures-none = No build failed in this period.
page-account-column-builds = Builds
page-account-column-day = Day (UTC)
page-account-column-time = Time
page-account-column-what = What
page-account-column-credits = Credits
page-account-column-after = Available after it
page-account-ledger = Ledger
page-account-ledger-empty = Nothing has been written to this account yet.
page-account-lines =
    { PLURAL($count) ->
        [one] { NUMBER($count) } line shown
       *[other] { NUMBER($count) } lines shown
    }
page-account-unsettled = The account changed while it was read, so what was left after each line is not known. Refresh to see it.
page-account-still-held = still set aside
page-account-kind-welcome = Welcome
page-account-kind-gift = Gift of the day
page-account-kind-lapse = Lapsed
page-account-kind-credit = Came in
page-account-kind-hold = Set aside
page-account-kind-release = Given back
page-account-kind-expire = Given back, its time was over
page-account-kind-charge = Used
page-account-by = By
page-account-reason = Reason
page-account-reference = Reference
page-account-build = Build
page-account-actor-api = a request
page-account-actor-api-named = { $name }, in a request
page-account-actor-build = the end of a build
page-account-actor-expiry = the end of its time
page-account-actor-sweep = the server, as the day began
page-account-actor-command = a command on the server
page-account-actor-command-named = { $name }, on the server


## Page: QA

page-qa-heading = Replay a build
page-qa-intro = The server shows a build’s stored events once more. Cut the connection, come back, and see that nothing is lost.
page-qa-build = Build
page-qa-build-deployed = Deployed
page-qa-build-failed = Failed
page-qa-build-cancelled = Cancelled
page-qa-no-builds = No build has ended yet.
page-qa-reading = Reading the builds…
page-qa-older = Older builds
page-qa-from = From event
page-qa-speed = Speed
page-qa-speed-all = All at once
page-qa-speed-none = None: by steps
page-qa-transport = Transport
page-qa-transport-sse = Server-sent events
page-qa-transport-websocket = WebSocket
page-qa-by-step = One step at a time
page-qa-start = Start replay
page-qa-download = Download the recording
page-qa-recording =
    { PLURAL($count) ->
        [one] { NUMBER($count) } event.
       *[other] { NUMBER($count) } events.
    }
page-qa-checksum-good = The checksum is that of the bytes that came.
page-qa-checksum-bad = The checksum is not that of the bytes that came.
page-qa-checksum-unknown = This browser cannot check the checksum here.
page-qa-record-heading = What came
page-qa-empty = Start a replay. Every event and every frame will show here.
page-qa-state-cut = Cut
page-qa-step =
    { PLURAL($count) ->
        [one] Next event
       *[other] Next { NUMBER($count) } events
    }
page-qa-step-hint = The replay waits for each step.
page-qa-no-step = This replay runs by itself: there is nothing to step.
page-qa-cut = Cut the connection
page-qa-resume = Resume after the cursor
page-qa-again = Begin again without a cursor
page-qa-open-hint = The connection is open. To resume, cut it first.
page-qa-closed-hint = The connection is closed: there is nothing to cut. With a cursor, it resumes after the last event.
page-qa-received = Received
page-qa-doubled = Doubled
page-qa-out-of-order = Out of order
page-qa-missed = Missed
page-qa-counted-hint = Counted from what the client passes on, across every cut. Offsets count from the first event that came.
page-qa-dropped =
    { PLURAL($count) ->
        [one] { NUMBER($count) } older line is no longer shown.
       *[other] { NUMBER($count) } older lines are no longer shown.
    }
page-qa-column-cursor = Cursor
page-qa-column-code = Code
page-qa-column-offset = Offset
page-qa-offset = { $seconds } s
page-qa-note-opening = Connecting over { $transport }, without a cursor
page-qa-note-resuming = Connecting over { $transport }, after cursor { $cursor }
page-qa-note-connection = Connected, locale { $locale }
page-qa-note-connection-replay = Connected to a replay, locale { $locale }
page-qa-note-live = Live: what follows is new
page-qa-note-reset = Reset ({ $reason }): it begins again from the first event
page-qa-note-reconnecting = The connection broke. Next attempt in { NUMBER($seconds, maximumFractionDigits: 1) } s.
page-qa-note-refused = Refused: { $code }.
page-qa-note-malformed = Not readable: { $data }
page-qa-note-cut = You cut the connection
page-qa-note-ended = The stream has ended
page-qa-note-stepped = Step: shown up to event { NUMBER($seq) }
page-qa-note-missed = Missed: events { NUMBER($first) } to { NUMBER($last) }
page-qa-note-late = Out of order: event { NUMBER($seq) }
page-qa-note-doubled = Doubled: event { NUMBER($seq) }


## Page: events reference

page-reference-heading = Events reference
page-reference-intro = Read from this server’s document. Descriptions are in English.
page-reference-docs = Open the API reference
page-reference-filter = Filter
page-reference-filter-hint = A code, a parameter, or words of a message
page-reference-shown =
    { PLURAL($count) ->
        [one] { NUMBER($count) } code
       *[other] { NUMBER($count) } codes
    }
page-reference-none = No code matches.
page-reference-reading = Reading the document…
page-reference-failed = The document cannot be read.
page-reference-any-phase = Any phase
page-reference-errors = Error codes
page-reference-param = Parameter
page-reference-type = Type
page-reference-always = Always there
page-reference-yes = Yes
page-reference-no = No
page-reference-meaning = Meaning and unit
page-reference-no-params = No parameters of its own.
page-reference-example = Example


## Page: errors of a request

page-error-heading = The build was not started
page-error-code = Code
page-error-request = Request


## Reasons of a failure: of the page, and of legacy messages

page-reason-command_failed = A command of the build ended with an error.
page-reason-manifest_invalid = package.json cannot be read.
page-reason-history_failed = The history of the working directory could not be written.
page-reason-no_output = The build left no output folder.
page-reason-attempts_exhausted = Every attempt was interrupted.
page-reason-storage_unavailable = The storage is not available, or full.
page-reason-command_not_found = A command that the build needs is not installed on the server.
page-reason-internal = Something went wrong on the server.
page-reason-lockfile_invalid = The lock file does not fit the manifest, or cannot be read.
page-reason-output_too_deep = The output has folders nested too deeply.
page-reason-output_too_large = The output is larger than allowed.
page-reason-package_manager_unavailable = The package manager could not be fetched.
page-reason-artifact_missing = The version’s files are no longer stored.
page-reason-artifact_corrupt = The version’s files are damaged.
page-reason-artifact_refused = The version’s files cannot be unpacked safely.
page-reason-ai_limit_reached = The AI provider’s limit is reached.
page-reason-provider_unavailable = The AI provider is not available.
page-reason-network_timeout = The AI provider did not answer in time.
page-reason-generator_refused = The AI provider did not accept the request.
page-reason-generation_incomplete = The AI provider’s reply broke off.
page-reason-generation_truncated = The AI provider’s reply reached its length limit.
page-reason-generation_filtered = The AI provider held its reply back.
page-reason-generation_unreadable = The AI provider’s reply could not be read.
page-reason-generation_too_large = The AI provider’s reply is larger than allowed.
page-reason-generation_empty = The AI provider’s reply holds no files.
page-reason-generated_files_invalid = The AI provider’s reply holds a file that the project cannot have.
page-reason-timed_out = It took longer than allowed.
page-reason-stopped = It was stopped.
page-reason-memory_limit = The build used more memory than it may.
page-reason-process_limit = The build had more processes at once than it may.
page-reason-disk_limit = The build wrote more to the disk than it may.
