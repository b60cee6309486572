# Arabic messages of the server and of the page.
#
# One message per event code, with the code as its id; one per error code, `error-CODE`;
# the page's own texts, `page-…`. Only params that a code always has are used, so every
# message reads well whatever else is missing. Numbers arrive raw. PLURAL() gives the
# plural category of a number and is registered by whoever renders.


## Events: setup

BUILD_QUEUED = في قائمة الانتظار، الترتيب { NUMBER($queuePosition) }.
BUILD_STARTED =
    { $isRetry ->
        [true] بدأ البناء من جديد، المحاولة رقم { NUMBER($attemptNumber) }.
       *[other] بدأ البناء.
    }
BUILD_VALIDATING =
    { PLURAL($count) ->
        [zero] لا توجد ملفات للتحقق منها.
        [one] جارٍ التحقق من ملف واحد.
        [two] جارٍ التحقق من ملفين.
        [few] جارٍ التحقق من { NUMBER($count) } ملفات.
        [many] جارٍ التحقق من { NUMBER($count) } ملفًا.
       *[other] جارٍ التحقق من { NUMBER($count) } ملف.
    }
BUILD_FRAMEWORK_DETECTING = جارٍ التعرّف على إطار العمل.


## Events: development

BUILD_DEVELOPMENT_STARTING =
    { $isRetry ->
        [true] بدأ العمل على الشيفرة من جديد، المحاولة رقم { NUMBER($attemptNumber) }.
       *[other] بدأ العمل على الشيفرة.
    }
BUILD_CODE_GENERATING = جارٍ كتابة الشيفرة باستخدام { $provider }.
BUILD_CODE_REVIEWING =
    { PLURAL($count) ->
        [zero] لا توجد ملفات للمراجعة.
        [one] جارٍ مراجعة ملف واحد.
        [two] جارٍ مراجعة ملفين.
        [few] جارٍ مراجعة { NUMBER($count) } ملفات.
        [many] جارٍ مراجعة { NUMBER($count) } ملفًا.
       *[other] جارٍ مراجعة { NUMBER($count) } ملف.
    }
BUILD_CODE_APPLYING = جارٍ تطبيق التغييرات، { NUMBER($step) } من { NUMBER($total) }.
BUILD_DEVELOPMENT_COMPLETE =
    { PLURAL($count) ->
        [zero] الشيفرة جاهزة: لا ملفات خلال { NUMBER($duration, maximumFractionDigits: 1) } ث.
        [one] الشيفرة جاهزة: ملف واحد خلال { NUMBER($duration, maximumFractionDigits: 1) } ث.
        [two] الشيفرة جاهزة: ملفان خلال { NUMBER($duration, maximumFractionDigits: 1) } ث.
        [few] الشيفرة جاهزة: { NUMBER($count) } ملفات خلال { NUMBER($duration, maximumFractionDigits: 1) } ث.
        [many] الشيفرة جاهزة: { NUMBER($count) } ملفًا خلال { NUMBER($duration, maximumFractionDigits: 1) } ث.
       *[other] الشيفرة جاهزة: { NUMBER($count) } ملف خلال { NUMBER($duration, maximumFractionDigits: 1) } ث.
    }


## Events: dependencies

BUILD_DEPENDENCIES_ANALYZING =
    { PLURAL($count) ->
        [zero] لا توجد تبعيات مدرجة ({ $packageManager }).
        [one] تبعية واحدة مدرجة ({ $packageManager }).
        [two] تبعيتان مدرجتان ({ $packageManager }).
        [few] { NUMBER($count) } تبعيات مدرجة ({ $packageManager }).
        [many] { NUMBER($count) } تبعية مدرجة ({ $packageManager }).
       *[other] { NUMBER($count) } تبعية مدرجة ({ $packageManager }).
    }
BUILD_DEPENDENCIES_INSTALLING = جارٍ التثبيت باستخدام { $packageManager }، الحزمة { NUMBER($step) } من { NUMBER($total) }.
BUILD_DEPENDENCIES_CACHED =
    { PLURAL($count) ->
        [zero] لم تؤخذ أي حزمة من ذاكرة التخزين المؤقت.
        [one] أُخذت حزمة واحدة من ذاكرة التخزين المؤقت.
        [two] أُخذت حزمتان من ذاكرة التخزين المؤقت.
        [few] أُخذت { NUMBER($count) } حزم من ذاكرة التخزين المؤقت.
        [many] أُخذت { NUMBER($count) } حزمة من ذاكرة التخزين المؤقت.
       *[other] أُخذت { NUMBER($count) } حزمة من ذاكرة التخزين المؤقت.
    }
BUILD_DEPENDENCIES_COMPLETE =
    { PLURAL($packagesInstalled) ->
        [zero] لم تُجهَّز أي حزمة خلال { NUMBER($duration, maximumFractionDigits: 1) } ث.
        [one] جُهِّزت حزمة واحدة خلال { NUMBER($duration, maximumFractionDigits: 1) } ث.
        [two] جُهِّزت حزمتان خلال { NUMBER($duration, maximumFractionDigits: 1) } ث.
        [few] جُهِّزت { NUMBER($packagesInstalled) } حزم خلال { NUMBER($duration, maximumFractionDigits: 1) } ث.
        [many] جُهِّزت { NUMBER($packagesInstalled) } حزمة خلال { NUMBER($duration, maximumFractionDigits: 1) } ث.
       *[other] جُهِّزت { NUMBER($packagesInstalled) } حزمة خلال { NUMBER($duration, maximumFractionDigits: 1) } ث.
    }


## Events: build

BUILD_COMPILING = جارٍ التحويل البرمجي ({ $framework }).
BUILD_BUNDLING =
    { PLURAL($count) ->
        [zero] لا توجد ملفات ناتجة لجمعها.
        [one] جارٍ جمع ملف ناتج واحد.
        [two] جارٍ جمع ملفين ناتجين.
        [few] جارٍ جمع { NUMBER($count) } ملفات ناتجة.
        [many] جارٍ جمع { NUMBER($count) } ملفًا ناتجًا.
       *[other] جارٍ جمع { NUMBER($count) } ملف ناتج.
    }
BUILD_OPTIMIZING = جارٍ تحسين الملفات، { NUMBER($step) } من { NUMBER($total) }.


## Events: deploy

BUILD_DEPLOYING = جارٍ نشر إصدار جديد.
BUILD_DEPLOY_PREPARING =
    { PLURAL($count) ->
        [zero] لا توجد ملفات لحزمها
        [one] جارٍ حزم ملف واحد
        [two] جارٍ حزم ملفين
        [few] جارٍ حزم { NUMBER($count) } ملفات
        [many] جارٍ حزم { NUMBER($count) } ملفًا
       *[other] جارٍ حزم { NUMBER($count) } ملف
    }، { PLURAL($artifactSize) ->
        [zero] { NUMBER($artifactSize) } بايت
        [one] بايت واحد
        [two] بايتان
        [few] { NUMBER($artifactSize) } بايتات
        [many] { NUMBER($artifactSize) } بايتًا
       *[other] { NUMBER($artifactSize) } بايت
    }.
BUILD_DEPLOY_UPLOADING =
    { PLURAL($total) ->
        [zero] جارٍ تخزين الإصدار، { NUMBER($step) } من { NUMBER($total) } بايت.
        [one] جارٍ تخزين الإصدار، { NUMBER($step) } من بايت واحد.
        [two] جارٍ تخزين الإصدار، { NUMBER($step) } من بايتين.
        [few] جارٍ تخزين الإصدار، { NUMBER($step) } من { NUMBER($total) } بايتات.
        [many] جارٍ تخزين الإصدار، { NUMBER($step) } من { NUMBER($total) } بايتًا.
       *[other] جارٍ تخزين الإصدار، { NUMBER($step) } من { NUMBER($total) } بايت.
    }
BUILD_PREVIEW_PREPARING = جارٍ تحضير المعاينة.
BUILD_DEPLOY_ACTIVATING = جارٍ تحويل المعاينة إلى الإصدار الجديد.


## Events: metadata

BUILD_METADATA_GENERATING = جارٍ فحص النتيجة.
BUILD_RECOMMENDATIONS_GENERATED =
    { PLURAL($count) ->
        [zero] لا توجد توصيات لهذا الموقع.
        [one] توصية واحدة لهذا الموقع.
        [two] توصيتان لهذا الموقع.
        [few] { NUMBER($count) } توصيات لهذا الموقع.
        [many] { NUMBER($count) } توصية لهذا الموقع.
       *[other] { NUMBER($count) } توصية لهذا الموقع.
    }
BUILD_METADATA_COMPLETE = اكتمل فحص الموقع.


## Events: the end of a build

BUILD_COMPLETED = اكتمل البناء خلال { NUMBER($duration, maximumFractionDigits: 1) } ث.
BUILD_FAILED = فشل البناء.
BUILD_TIMEOUT = أُوقف البناء بعد { NUMBER($duration, maximumFractionDigits: 0) } ث، وهي المهلة المحددة له.
BUILD_CANCELLED = أُلغي البناء.


## Events: rollback

ROLLBACK_STARTED = بدأ التراجع.
ROLLBACK_VALIDATING = جارٍ التحقق من الإصدار السابق.
ROLLBACK_PREVIEW_UPDATING = جارٍ تحويل المعاينة إلى الإصدار السابق.
ROLLBACK_ARTIFACT_DOWNLOADING =
    { PLURAL($artifactSize) ->
        [zero] جارٍ جلب الإصدار السابق، { NUMBER($artifactSize) } بايت.
        [one] جارٍ جلب الإصدار السابق، بايت واحد.
        [two] جارٍ جلب الإصدار السابق، بايتان.
        [few] جارٍ جلب الإصدار السابق، { NUMBER($artifactSize) } بايتات.
        [many] جارٍ جلب الإصدار السابق، { NUMBER($artifactSize) } بايتًا.
       *[other] جارٍ جلب الإصدار السابق، { NUMBER($artifactSize) } بايت.
    }
ROLLBACK_WORKING_DIR_SYNCING = جارٍ استعادة الملفات، { NUMBER($step) } من { NUMBER($total) }.
ROLLBACK_COMPLETED = اكتمل التراجع خلال { NUMBER($duration, maximumFractionDigits: 1) } ث.
ROLLBACK_FAILED = فشل التراجع.


## Errors

error-AI_LIMIT_REACHED =
    { PLURAL($retryAfter) ->
        [zero] تم بلوغ حد مزوّد الذكاء الاصطناعي. يُرجى المحاولة مجددًا الآن.
        [one] تم بلوغ حد مزوّد الذكاء الاصطناعي. يُرجى المحاولة مجددًا بعد ثانية واحدة.
        [two] تم بلوغ حد مزوّد الذكاء الاصطناعي. يُرجى المحاولة مجددًا بعد ثانيتين.
        [few] تم بلوغ حد مزوّد الذكاء الاصطناعي. يُرجى المحاولة مجددًا بعد { NUMBER($retryAfter) } ثوانٍ.
        [many] تم بلوغ حد مزوّد الذكاء الاصطناعي. يُرجى المحاولة مجددًا بعد { NUMBER($retryAfter) } ثانية.
       *[other] تم بلوغ حد مزوّد الذكاء الاصطناعي. يُرجى المحاولة مجددًا بعد { NUMBER($retryAfter) } ثانية.
    }
error-INSUFFICIENT_BALANCE = الرصيد غير كافٍ: المطلوب { NUMBER($requiredBalance) } والمتاح { NUMBER($currentBalance) }.
error-INSUFFICIENT_CREDITS = نقاط الرصيد غير كافية: المطلوب { NUMBER($required) } والمتاح { NUMBER($available) }.
error-RATE_LIMITED =
    { PLURAL($retryAfter) ->
        [zero] عدد الطلبات كبير جدًا. يُرجى المحاولة مجددًا الآن.
        [one] عدد الطلبات كبير جدًا. يُرجى المحاولة مجددًا بعد ثانية واحدة.
        [two] عدد الطلبات كبير جدًا. يُرجى المحاولة مجددًا بعد ثانيتين.
        [few] عدد الطلبات كبير جدًا. يُرجى المحاولة مجددًا بعد { NUMBER($retryAfter) } ثوانٍ.
        [many] عدد الطلبات كبير جدًا. يُرجى المحاولة مجددًا بعد { NUMBER($retryAfter) } ثانية.
       *[other] عدد الطلبات كبير جدًا. يُرجى المحاولة مجددًا بعد { NUMBER($retryAfter) } ثانية.
    }
error-BUILD_ALREADY_RUNNING = هناك عملية بناء جارية لهذا المشروع بالفعل.
error-INVALID_STATE_TRANSITION = لا يمكن الانتقال من «{ $from }» إلى «{ $to }».
error-IDEMPOTENCY_KEY_REUSED = استُخدم مفتاح منع التكرار هذا في طلب آخر.
error-IDEMPOTENCY_IN_PROGRESS = ما زال الطلب نفسه قيد المعالجة. يُرجى المحاولة مجددًا بعد قليل.
error-ROLLBACK_IN_PROGRESS = هناك عملية تراجع جارية لهذا المشروع.
error-VERSION_NOT_ELIGIBLE = لا يمكن استخدام هذا الإصدار هنا.
error-BUILD_FAILED = فشل البناء.
error-BUILD_TIMEOUT = تجاوز البناء المدة المسموح بها.
error-ROLLBACK_FAILED = فشل التراجع.
error-AUTH_FAILED = لم تُقبل بيانات اعتماد الطلب.
error-AUTH_EXPIRED = انتهت صلاحية رمز الوصول.
error-FORBIDDEN = هذا الإجراء غير مسموح به.
error-NOT_FOUND =
    تعذّر العثور على: { $resource ->
        [build] البناء
        [project] المشروع
        [version] الإصدار
        [rollback] التراجع
        [artifact] حزمة الإصدار
        [file] الملف
        [path] العنوان
        [preview] المعاينة
        [reservation] الحجز
        [user] المستخدم
        [locale] اللغة
        [replay] إعادة العرض
        [recording] التسجيل
       *[other] { $resource }
    }.
error-PAYLOAD_TOO_LARGE =
    { PLURAL($limit) ->
        [zero] الطلب أكبر من { NUMBER($limit) } بايت.
        [one] الطلب أكبر من بايت واحد.
        [two] الطلب أكبر من بايتين.
        [few] الطلب أكبر من { NUMBER($limit) } بايتات.
        [many] الطلب أكبر من { NUMBER($limit) } بايتًا.
       *[other] الطلب أكبر من { NUMBER($limit) } بايت.
    }
error-NETWORK_TIMEOUT = لم تستجب خدمة أخرى في الوقت المحدد.
error-PROVIDER_UNAVAILABLE = مزوّد الذكاء الاصطناعي غير متاح.
error-QUOTA_EXCEEDED = استُنفدت إحدى الحصص.
error-INVALID_INPUT = الطلب غير صالح.
error-VALIDATION_FAILED = بعض القيم غير صالحة.
error-METHOD_NOT_ALLOWED = لا يقبل هذا العنوان طريقة الطلب هذه.
error-UNSUPPORTED_MEDIA_TYPE = نوع محتوى الطلب غير مدعوم.
error-NOT_ACCEPTABLE = لا يمكن تقديم أي من الأنواع المقبولة.
error-SERVICE_UNAVAILABLE =
    { PLURAL($retryAfter) ->
        [zero] الخدمة غير متاحة. يُرجى المحاولة مجددًا الآن.
        [one] الخدمة غير متاحة. يُرجى المحاولة مجددًا بعد ثانية واحدة.
        [two] الخدمة غير متاحة. يُرجى المحاولة مجددًا بعد ثانيتين.
        [few] الخدمة غير متاحة. يُرجى المحاولة مجددًا بعد { NUMBER($retryAfter) } ثوانٍ.
        [many] الخدمة غير متاحة. يُرجى المحاولة مجددًا بعد { NUMBER($retryAfter) } ثانية.
       *[other] الخدمة غير متاحة. يُرجى المحاولة مجددًا بعد { NUMBER($retryAfter) } ثانية.
    }
error-INTERNAL_ERROR = حدث خطأ في الخادم.


## Page: frame

page-tagline = ابنِ مشروعًا وتابع كل خطوة لحظة حدوثها.
page-api-reference = مرجع API
page-skip = الانتقال إلى العرض
page-environment = { $environment } { $version }
page-views = طرق العرض
page-view-build = البناء
page-view-projects = المشاريع
page-view-account = الرصيد
page-view-qa = ضمان الجودة
page-view-events = الأحداث
page-language = اللغة
page-view-lost = تعذّر تحميل هذا العرض. بقية الصفحة تواصل عملها.
page-view-renewed = جُدّدت الصفحة على الخادم. أعد تحميلها لرؤية هذا العرض.
page-reload = إعادة تحميل الصفحة


## Page: login

page-login-heading = تسجيل الدخول
page-login-intro = افتح هذه الصفحة من تطبيقك، فهو ينقلك إليها بعنوان يسجّل دخولك. أو أدخل الرمز الذي استلمته.
page-login-token = الرمز، أو العنوان الذي يحتويه
page-login-hint = يصلح الرمز لتسجيل الدخول مرة واحدة، وخلال دقائق قليلة.
page-login-unread = هذا ليس رمزًا يمكن تسجيل الدخول به.
page-login-as = تسجيل الدخول باسم { $user }؟
page-login-instead = أنت مسجّل الدخول باسم { $now }. هل تريد تسجيل الدخول باسم { $user } بدلًا منه؟
page-login-in = تسجيل الدخول
page-login-out = تسجيل الخروج
page-login-failed = تعذّر تسجيل الدخول
page-login-needless = لا يتطلب هذا الخادم تسجيل الدخول: ففي وضع التطوير يمكن لأي مستخدم على هذا الجهاز استخدامه.

## Page: project

page-project-heading = المشروع
page-source-legend = ما المراد بناؤه
page-source-static-site = موقع ثابت
page-source-static-site-hint = ملفات HTML وCSS من دون خطوة بناء
page-source-vite-app = مشروع Vite
page-source-vite-app-hint = تنفيذ npm install ثم البناء
page-source-own = ملفاتك
page-source-own-hint = مجلد أو ملف zip
page-source-last = المشروع الأخير
page-source-last-hint = معدَّلًا وفق وصف مكتوب
page-source-last-none = بعد أول بناء
page-files-summary =
    { PLURAL($count) ->
        [zero] لا ملفات، { $size }
        [one] ملف واحد، { $size }
        [two] ملفان، { $size }
        [few] { NUMBER($count) } ملفات، { $size }
        [many] { NUMBER($count) } ملفًا، { $size }
       *[other] { NUMBER($count) } ملف، { $size }
    }
page-files-more =
    { PLURAL($count) ->
        [zero] ولا ملفات أخرى
        [one] وملف واحد آخر
        [two] وملفان آخران
        [few] و{ NUMBER($count) } ملفات أخرى
        [many] و{ NUMBER($count) } ملفًا آخر
       *[other] و{ NUMBER($count) } ملف آخر
    }
page-files-skipped =
    { PLURAL($count) ->
        [zero] لم يتم تخطي أي عنصر: { $names }
        [one] تم تخطي عنصر واحد: { $names }
        [two] تم تخطي عنصرين: { $names }
        [few] تم تخطي { NUMBER($count) } عناصر: { $names }
        [many] تم تخطي { NUMBER($count) } عنصرًا: { $names }
       *[other] تم تخطي { NUMBER($count) } عنصر: { $names }
    }
page-files-list-label = الملفات المراد بناؤها
page-drop-hint = أفلت مجلدًا أو ملف zip هنا، أو
page-pick-folder = اختيار مجلد
page-pick-zip = اختيار ملف zip
page-files-remove = إزالة
page-files-empty = لا توجد ملفات في هذا الاختيار.
page-files-unreadable = تعذّرت قراءة أحد الملفات. ربما تغيّر بعد اختياره: يُرجى الاختيار مجددًا.
page-files-too-large = حجم هذه الملفات { $size }. أقصى حجم يمكن إرساله { $limit }.
page-files-zip-too-large = حجم ملف zip هذا { $size }. أقصى ما يمكن إرساله في ملف zip هو { $limit }.
page-files-zip-alone = يُبنى ملف zip وحده: اختره دون غيره، أو اختر مجلدًا.
page-files-none = لم يُختر شيء، أو أن المجلد فارغ.
page-files-needed = اختر أولًا مجلدًا أو ملف zip.
page-sample-lost = تعذّر تحميل المثال.
page-name-label = اسم المشروع
page-prompt-label = ما المطلوب تغييره (اختياري)
page-prompt-label-needed = ما المطلوب تغييره
page-prompt-hint = يتلقى مزوّد الذكاء الاصطناعي الملفات ويعدّلها وفق هذه الكلمات قبل البناء.
page-prompt-last-files = ملفاته الأخيرة موجودة على الخادم. اكتب ما المطلوب تغييره فيها: لا حاجة إلى إرسال شيء من جديد.
page-prompt-count = { NUMBER($count) } من { NUMBER($limit) }
page-prompt-too-long =
    { PLURAL($count) ->
        [zero] لا أحرف زائدة.
        [one] حرف واحد زائد.
        [two] حرفان زائدان.
        [few] { NUMBER($count) } أحرف زائدة.
        [many] { NUMBER($count) } حرفًا زائدًا.
       *[other] { NUMBER($count) } حرف زائد.
    }
page-prompt-control-character = يحتوي النص على حرف تحكم لا يمكن إرساله.
page-prompt-needed = اكتب أولًا ما المطلوب تغييره.
page-prompt-cost = يحجز البناء بوصف مكتوب { $credits }، وإذا انتهى بنجاح يدفع ما استهلكه. المتاح: { $available }.
page-prompt-cost-short = الرصيد لا يكفي لوصف مكتوب، إذ يُحجز له { $credits }. المتاح: { $available }.
page-prompt-account = عرض الرصيد
page-prompt-again = لتغييره أكثر، اختر المشروع الأخير واكتب ما المطلوب تغييره.
page-start = بدء البناء
page-start-again = إعادة البناء
page-starting = جارٍ البدء…
page-needs-development = يتطلب بدء البناء من هذه الصفحة تشغيل الخادم في وضع التطوير. يوضح مرجع API كيفية بدء البناء بطلب موقّع.
page-server-silent = الخادم لا يستجيب.
page-retry = إعادة المحاولة


## Page: build

page-build-heading = البناء
page-build-empty = لا يوجد بناء بعد
page-build-empty-hint = اختر مشروعًا وابدأ. ستظهر كل خطوة هنا لحظة حدوثها.
page-state-connecting = جارٍ الاتصال
page-state-live = مباشر
page-state-reconnecting = جارٍ إعادة الاتصال
page-state-ended = انتهى
page-progress-label = تقدّم البناء
page-progress-value = { NUMBER($percent, maximumFractionDigits: 0) }%
page-phases-label = المراحل
page-phase-setup = الإعداد
page-phase-development = التطوير
page-phase-dependencies = التبعيات
page-phase-build = البناء
page-phase-deploy = النشر
page-phase-metadata = البيانات الوصفية
page-phase-rollback = التراجع
page-phase-state-pending = في الانتظار
page-phase-state-active = قيد التنفيذ
page-phase-state-done = اكتملت
page-phase-state-failed = فشلت
page-phase-state-cancelled = أُلغيت
page-phase-state-skipped = غير لازمة
page-phase-state-unreached = لم يتم بلوغها
page-seconds = { NUMBER($seconds, maximumFractionDigits: 1) } ث
page-events-heading = الأحداث
page-events-count =
    { PLURAL($count) ->
        [zero] لا أحداث
        [one] حدث واحد
        [two] حدثان
        [few] { NUMBER($count) } أحداث
        [many] { NUMBER($count) } حدثًا
       *[other] { NUMBER($count) } حدث
    }
page-events-repeated =
    { PLURAL($count) ->
        [zero] ولا مرة
        [one] مرة واحدة
        [two] مرتان
        [few] { NUMBER($count) } مرات
        [many] { NUMBER($count) } مرة
       *[other] { NUMBER($count) } مرة
    }
page-events-params = معاملات { $code }
page-events-none = لم يحدث شيء بعد.
page-events-waiting = في انتظار الحدث الأول…
page-event-number = الحدث { NUMBER($seq) }
page-stream-lost = انقطع الاتصال وتجري محاولة استعادته. قد لا يكون ما تراه محدّثًا.
page-stream-back = عاد الاتصال. يستمر عرض البناء من حيث توقف.
page-queue-heading = في انتظار دوره
page-queue-position = الموضع { NUMBER($position) } في قائمة الانتظار
page-queue-end = النهاية المتوقعة: { $time }
page-cancel = إلغاء البناء
page-cancelling = جارٍ الإلغاء…
page-cancel-heading = هل تريد إلغاء هذا البناء؟
page-cancel-text = سيُفقد ما أُنجز حتى الآن. تبقى النسخة المنشورة كما هي.
page-cancel-keep = متابعة البناء
page-cancel-confirm = إلغاء
page-cancel-refused = لم يُلغَ البناء.
page-log-heading = السجل
page-log-count =
    { PLURAL($count) ->
        [zero] لا أسطر
        [one] سطر واحد
        [two] سطران
        [few] { NUMBER($count) } أسطر
        [many] { NUMBER($count) } سطرًا
       *[other] { NUMBER($count) } سطر
    }
page-log-dropped =
    { PLURAL($count) ->
        [zero] لا أسطر سابقة مخفية.
        [one] سطر سابق واحد غير معروض.
        [two] سطران سابقان غير معروضين.
        [few] { NUMBER($count) } أسطر سابقة غير معروضة.
        [many] { NUMBER($count) } سطرًا سابقًا غير معروض.
       *[other] { NUMBER($count) } سطر سابق غير معروض.
    }
page-log-none = لم تطبع الأوامر شيئًا.
page-log-waiting = لم يُطبع شيء بعد.
page-log-follow = الانتقال إلى النهاية
page-build-address = العنوان الخاص بهذا البناء:
page-watch = متابعة البناء
page-watch-ended = عرض البناء
page-watch-project = إصدارات المشروع
page-watch-closed = يتطلب عرض بناء في هذه الصفحة وضع التطوير في الخادم.
page-watch-none = لا يوجد بناء بهذا المعرّف
page-watch-none-hint = قد يكون العنوان خاطئًا، أو قد يكون البناء لمستخدم آخر.
page-watch-unread = تعذّرت قراءة البناء


## Page: outcome

page-waiting-heading = جارٍ البناء
page-success-heading = معاينتك جاهزة
page-open-preview = فتح المعاينة
page-failed-heading = فشل البناء
page-timeout-heading = استغرق البناء وقتًا أطول من المسموح
page-cancelled-heading = أُلغي البناء
page-outcome-phase = المرحلة
page-outcome-reason = السبب
page-outcome-exit-code = رمز الخروج
page-outcome-recoverable = قد ينجح البناء عند إعادته.
page-lost-heading = لم تعد متابعة هذا البناء ممكنة
page-stream-gap =
    { PLURAL($count) ->
        [zero] لم يفت أي حدث.
        [one] فات حدث واحد.
        [two] فات حدثان.
        [few] فاتت { NUMBER($count) } أحداث.
        [many] فات { NUMBER($count) } حدثًا.
       *[other] فات { NUMBER($count) } حدث.
    }
page-choose-again = اختر الملفات مجددًا لإعادة بناء هذا المشروع.


## Page: projects

page-projects-heading = المشاريع
page-projects-refresh = تحديث
page-projects-loading = جارٍ القراءة…
page-projects-closed = يتطلب عرض المشاريع في هذه الصفحة وضع التطوير في الخادم.
page-projects-unread = تعذّرت قراءة المشاريع
page-projects-empty = لا توجد مشاريع بعد. أول عملية بناء تُنشئ مشروعًا.
page-projects-start = الانتقال إلى البناء
page-projects-more = عرض المزيد
page-projects-preview-of = فتح المعاينة: { $name }
page-projects-watch-of = متابعة البناء: { $name }
page-projects-state-queued = في الانتظار
page-projects-state-building = قيد البناء
page-projects-state-deployed = اكتمل البناء
page-projects-state-failed = فشل
page-projects-state-cancelled = أُلغي
page-projects-count =
    { PLURAL($count) ->
        [zero] لا مشاريع
        [one] مشروع واحد
        [two] مشروعان
        [few] { NUMBER($count) } مشاريع
        [many] { NUMBER($count) } مشروعًا
       *[other] { NUMBER($count) } مشروع
    }


## Page: versions

page-versions-heading = الإصدارات
page-versions-back = كل المشاريع
page-versions-unread = تعذّرت قراءة الإصدارات
page-versions-empty = لا توجد إصدارات بعد. عملية بناء ناجحة تُنشئ إصدارًا.
page-versions-previewed = في المعاينة
page-versions-published = منشور
page-versions-deploying = التراجع جارٍ
page-versions-failed = غير منشور على الخادم
page-versions-size = الحجم
page-versions-framework = إطار العمل
page-versions-kept = تُحفظ الملفات حتى
page-versions-kept-longer = وما دام منشورًا أو في المعاينة
page-versions-recommendations = ما الذي يحسّنه
page-recommendation-missing_title = صفحة بلا عنوان: لا يوجد ما يظهر في لسانها ولا في نتائج البحث.
page-recommendation-missing_viewport = صفحة لا تذكر أنها تلائم الشاشات الصغيرة: يعرضها الهاتف صغيرة جدًا.
page-recommendation-missing_lang = صفحة لا تذكر لغتها: قد تُقرأ بصوت بلغة أخرى.
page-recommendation-missing_alt = صورة بلا نص بديل: من لا يستطيع رؤيتها لا يعرف عنها شيئًا.
page-recommendation-no_index = لا يوجد index.html: ليس لعنوان الموقع صفحة يعرضها.
page-recommendation-no_lock_file = لا يوجد ملف قفل: قد يثبّت كل بناء إصدارات أخرى من الحزم.
page-recommendation-oversized_image = صورة كبيرة جدًا: صورة أصغر تُحمَّل أسرع.
page-versions-preview = معاينة
page-versions-publish = نشر
page-versions-unpublish = إلغاء النشر
page-versions-rollback = تراجع
page-versions-download = تنزيل
page-versions-cancel = إلغاء
page-versions-ask-rollback = هل تريد التراجع إلى { $version }؟
page-versions-ask-rollback-text = تعرض المعاينة هذا الإصدار فورًا، وتصبح ملفاته ملفات المشروع. لا يمكن إيقاف العملية بعد أن تبدأ.
page-versions-ask-unpublish = هل تريد إلغاء نشر { $version }؟
page-versions-ask-unpublish-text = لن يعرض عنوانه العام شيئًا بعدها. يبقى الإصدار في السجل.
page-versions-refused = لم يُنفَّذ ذلك
page-versions-busy = للمشروع عملية بناء أو تراجع جارية.
page-versions-done-publish = تم نشر { $version }.
page-versions-done-unpublish = لم يعد { $version } منشورًا.
page-versions-done-download = جارٍ تنزيل { $version }.
page-versions-progress = تقدّم التراجع
page-versions-live = فتح الموقع المنشور
page-versions-reason-artifact_missing = لم تعد ملفاته محفوظة.
page-versions-reason-artifact_expired = انتهت مدة حفظ ملفاته.
page-versions-reason-already_published = إنه منشور.
page-versions-reason-deployment_failed = لم يُنشر على الخادم.
page-versions-left =
    { PLURAL($count) ->
        [zero] لم يبقَ أي يوم
        [one] بقي يوم واحد
        [two] بقي يومان
        [few] بقيت { NUMBER($count) } أيام
        [many] بقي { NUMBER($count) } يومًا
       *[other] بقي { NUMBER($count) } يوم
    }


## Page: account

page-account-heading = الرصيد
page-account-closed = يتطلب عرض الرصيد في هذه الصفحة وضع التطوير في الخادم.
page-account-unread = تعذّرت قراءة الرصيد
page-account-usage-unread = تعذّرت قراءة الاستهلاك
page-account-as-of = حتى { $time }
page-account-available = المتاح
page-account-credits =
    { PLURAL($count) ->
        [zero] لا نقاط
        [one] نقطة واحدة
        [two] نقطتان
        [few] { NUMBER($count) } نقاط
        [many] { NUMBER($count) } نقطة
       *[other] { NUMBER($count) } نقطة
    }
page-account-unit = النقطة ثانية واحدة من عمل مزوّد الذكاء الاصطناعي.
page-account-bucket-dailyGift = الهدية اليومية
page-account-bucket-welcomeBonus = مكافأة الترحيب
page-account-bucket-paid = المدفوعة
page-account-held = المحجوزة
page-account-held-shown = المحجوزة في السطور المعروضة
page-account-used-today = المستخدمة اليوم (UTC)
page-account-used-ever = المستخدمة إجمالًا
page-account-lapse =
    { PLURAL($count) ->
        [zero] لا تنتهي صلاحية أي نقاط من الهدية اليومية في { $time }.
        [one] تنتهي صلاحية نقطة واحدة من الهدية اليومية في { $time } إن لم تُستخدم.
        [two] تنتهي صلاحية نقطتين من الهدية اليومية في { $time } إن لم تُستخدما.
        [few] تنتهي صلاحية { NUMBER($count) } نقاط من الهدية اليومية في { $time } إن لم تُستخدم.
        [many] تنتهي صلاحية { NUMBER($count) } نقطة من الهدية اليومية في { $time } إن لم تُستخدم.
       *[other] تنتهي صلاحية { NUMBER($count) } نقطة من الهدية اليومية في { $time } إن لم تُستخدم.
    }
page-account-lapse-none = لا توجد نقاط توشك صلاحيتها على الانتهاء.
page-account-usage = الاستهلاك
page-account-range = الفترة
page-account-days =
    { PLURAL($count) ->
        [zero] لا أيام
        [one] يوم واحد
        [two] يومان
        [few] { NUMBER($count) } أيام
        [many] { NUMBER($count) } يومًا
       *[other] { NUMBER($count) } يوم
    }
page-account-period = من { $from } إلى { $to }، بالأيام وفق التوقيت العالمي UTC
page-account-credits-by-day = النقاط المستخدمة حسب اليوم
page-account-credits-none = لم تُستخدم أي نقاط في هذه الفترة.
page-account-builds-by-day = عمليات البناء حسب اليوم والنتيجة
page-account-builds-none = لم تبدأ أي عملية بناء في هذه الفترة.
page-account-builds =
    { PLURAL($count) ->
        [zero] لا عمليات بناء
        [one] عملية بناء واحدة
        [two] عمليتا بناء
        [few] { NUMBER($count) } عمليات بناء
        [many] { NUMBER($count) } عملية بناء
       *[other] { NUMBER($count) } عملية بناء
    }
page-account-under-way = قيد التنفيذ
page-account-plot-summary = { $heading }، مخطط أعمدة، من { $from } إلى { $to }. الإجمالي: { $total }. أعلى قيمة كانت في { $day }: { $most }.
page-account-plot-empty = { $heading }، مخطط أعمدة، من { $from } إلى { $to }. كل الأيام عند الصفر.
page-account-figures = الأرقام في جدول
page-account-by-operation = فيمَ استُخدمت النقاط
page-account-operation-build = أول بناء للمشروع
page-account-operation-update = بناء لاحق للمشروع
page-account-operation-external = عمل خارج عمليات البناء
page-account-charges =
    { PLURAL($count) ->
        [zero] لا عمليات خصم
        [one] عملية خصم واحدة
        [two] عمليتا خصم
        [few] { NUMBER($count) } عمليات خصم
        [many] { NUMBER($count) } عملية خصم
       *[other] { NUMBER($count) } عملية خصم
    }
page-account-states = مآل عمليات البناء
page-account-durations = مدة عمليات البناء
page-account-durations-of =
    { PLURAL($count) ->
        [zero] لا عمليات بناء مكتملة.
        [one] لعملية بناء مكتملة واحدة، دون وقت الانتظار.
        [two] لعمليتي بناء مكتملتين، دون وقت الانتظار.
        [few] لـ { NUMBER($count) } عمليات بناء مكتملة، دون وقت الانتظار.
        [many] لـ { NUMBER($count) } عملية بناء مكتملة، دون وقت الانتظار.
       *[other] لـ { NUMBER($count) } عملية بناء مكتملة، دون وقت الانتظار.
    }
page-account-durations-none = لم تكتمل أي عملية بناء في هذه الفترة.
page-account-median = استغرق نصفها على الأكثر
page-account-percentile = استغرق { NUMBER($percent) }% منها على الأكثر
page-account-mean = في المتوسط
page-account-failures = أين فشلت عمليات البناء
page-account-failures-none = لم تفشل أي عملية بناء في هذه الفترة.
page-account-column-builds = عمليات البناء
page-account-column-day = اليوم (UTC)
page-account-column-time = الوقت
page-account-column-what = البيان
page-account-column-credits = النقاط
page-account-column-after = المتاح بعدها
page-account-ledger = سجل الحركات
page-account-ledger-empty = لم تُسجَّل أي حركة في هذا الحساب بعد.
page-account-lines =
    { PLURAL($count) ->
        [zero] لا سطور
        [one] سطر واحد معروض
        [two] سطران معروضان
        [few] { NUMBER($count) } سطور معروضة
        [many] { NUMBER($count) } سطرًا معروضًا
       *[other] { NUMBER($count) } سطر معروض
    }
page-account-unsettled = تغيّر الحساب أثناء قراءته، لذا لا يُعرف ما تبقّى بعد كل سطر. حدِّث لرؤيته.
page-account-still-held = لا تزال محجوزة
page-account-kind-welcome = ترحيب
page-account-kind-gift = هدية اليوم
page-account-kind-lapse = انتهت الصلاحية
page-account-kind-credit = إيداع
page-account-kind-hold = حجز
page-account-kind-release = إعادة
page-account-kind-expire = إعادة بعد انقضاء المهلة
page-account-kind-charge = استخدام
page-account-by = بواسطة
page-account-reason = السبب
page-account-reference = المرجع
page-account-build = البناء
page-account-actor-api = طلب
page-account-actor-api-named = { $name }، في طلب
page-account-actor-build = انتهاء عملية بناء
page-account-actor-expiry = انقضاء المهلة
page-account-actor-sweep = الخادم، مع بداية اليوم
page-account-actor-command = أمر على الخادم
page-account-actor-command-named = { $name }، على الخادم


## Page: QA

page-qa-heading = إعادة عرض بناء
page-qa-intro = يعرض الخادم أحداث البناء المحفوظة مرة أخرى. اقطع الاتصال ثم عُد إليه، وستجد أن شيئًا لا يضيع.
page-qa-build = البناء
page-qa-build-deployed = منشور
page-qa-build-failed = فاشل
page-qa-build-cancelled = ملغى
page-qa-no-builds = لم ينتهِ أي بناء بعد.
page-qa-reading = جارٍ قراءة عمليات البناء…
page-qa-older = عمليات بناء أقدم
page-qa-from = بدءًا من الحدث
page-qa-speed = السرعة
page-qa-speed-all = الكل دفعة واحدة
page-qa-speed-none = بلا سرعة: بالخطوات
page-qa-transport = طريقة النقل
page-qa-transport-sse = Server-Sent Events
page-qa-transport-websocket = WebSocket
page-qa-by-step = خطوة بخطوة
page-qa-start = بدء إعادة العرض
page-qa-download = تنزيل التسجيل
page-qa-recording =
    { PLURAL($count) ->
        [zero] لا أحداث.
        [one] حدث واحد.
        [two] حدثان.
        [few] { NUMBER($count) } أحداث.
        [many] { NUMBER($count) } حدثًا.
       *[other] { NUMBER($count) } حدث.
    }
page-qa-checksum-good = المجموع الاختباري مطابق للبيانات المستلمة.
page-qa-checksum-bad = المجموع الاختباري غير مطابق للبيانات المستلمة.
page-qa-checksum-unknown = لا يستطيع هذا المتصفح التحقق من المجموع الاختباري هنا.
page-qa-record-heading = ما وصل
page-qa-empty = ابدأ إعادة عرض. سيظهر هنا كل حدث وكل إطار.
page-qa-state-cut = مقطوع
page-qa-step =
    { PLURAL($count) ->
        [zero] لا أحداث تالية
        [one] الحدث التالي
        [two] الحدثان التاليان
        [few] { NUMBER($count) } أحداث تالية
        [many] { NUMBER($count) } حدثًا تاليًا
       *[other] { NUMBER($count) } حدث تالٍ
    }
page-qa-step-hint = تنتظر إعادة العرض كل خطوة.
page-qa-no-step = تسير إعادة العرض هذه من تلقاء نفسها: لا خطوات لطلبها.
page-qa-cut = قطع الاتصال
page-qa-resume = الاستئناف بعد المؤشر
page-qa-again = البدء من جديد بلا مؤشر
page-qa-open-hint = الاتصال مفتوح. للاستئناف اقطعه أولًا.
page-qa-closed-hint = الاتصال مغلق: لا شيء لقطعه. عند وجود مؤشر يُستأنف بعد آخر حدث.
page-qa-received = المستلمة
page-qa-doubled = المكررة
page-qa-out-of-order = خارج الترتيب
page-qa-missed = المفقودة
page-qa-counted-hint = يُحسب ما يمرره العميل عبر كل انقطاع. وتُحسب الإزاحة من أول حدث وصل.
page-qa-dropped =
    { PLURAL($count) ->
        [zero] لا أسطر أقدم مخفية.
        [one] سطر أقدم واحد لم يعد معروضًا.
        [two] سطران أقدم لم يعودا معروضين.
        [few] { NUMBER($count) } أسطر أقدم لم تعد معروضة.
        [many] { NUMBER($count) } سطرًا أقدم لم تعد معروضة.
       *[other] { NUMBER($count) } سطر أقدم لم تعد معروضة.
    }
page-qa-column-cursor = المؤشر
page-qa-column-code = الرمز
page-qa-column-offset = الإزاحة
page-qa-offset = { $seconds } ث
page-qa-note-opening = جارٍ الاتصال عبر { $transport } بلا مؤشر
page-qa-note-resuming = جارٍ الاتصال عبر { $transport } بعد المؤشر { $cursor }
page-qa-note-connection = تم الاتصال، اللغة { $locale }
page-qa-note-connection-replay = تم الاتصال بإعادة عرض، اللغة { $locale }
page-qa-note-live = مباشر: ما يلي جديد
page-qa-note-reset = إعادة تعيين ({ $reason }): يبدأ من جديد من الحدث الأول
page-qa-note-reconnecting = انقطع الاتصال. المحاولة التالية خلال { NUMBER($seconds, maximumFractionDigits: 1) } ث.
page-qa-note-refused = مرفوض: { $code }.
page-qa-note-malformed = غير قابل للقراءة: { $data }
page-qa-note-cut = لقد قطعت الاتصال
page-qa-note-ended = انتهى البث
page-qa-note-stepped = خطوة: عُرض حتى الحدث { NUMBER($seq) }
page-qa-note-missed = مفقودة: الأحداث من { NUMBER($first) } إلى { NUMBER($last) }
page-qa-note-late = خارج الترتيب: الحدث { NUMBER($seq) }
page-qa-note-doubled = مكرر: الحدث { NUMBER($seq) }


## Page: events reference

page-reference-heading = مرجع الأحداث
page-reference-intro = مقروء من وثيقة هذا الخادم. الأوصاف باللغة الإنجليزية.
page-reference-docs = فتح مرجع API
page-reference-filter = تصفية
page-reference-filter-hint = رمز أو معامل أو كلمات من رسالة
page-reference-shown =
    { PLURAL($count) ->
        [zero] لا رموز
        [one] رمز واحد
        [two] رمزان
        [few] { NUMBER($count) } رموز
        [many] { NUMBER($count) } رمزًا
       *[other] { NUMBER($count) } رمز
    }
page-reference-none = لا رمز مطابق.
page-reference-reading = جارٍ قراءة الوثيقة…
page-reference-failed = تعذّرت قراءة الوثيقة.
page-reference-any-phase = أي مرحلة
page-reference-errors = رموز الأخطاء
page-reference-param = المعامل
page-reference-type = النوع
page-reference-always = موجود دائمًا
page-reference-yes = نعم
page-reference-no = لا
page-reference-meaning = المعنى والوحدة
page-reference-no-params = لا معاملات خاصة به.
page-reference-example = مثال


## Page: errors of a request

page-error-heading = لم يبدأ البناء
page-error-code = الرمز
page-error-request = الطلب


## Reasons of a failure: of the page, and of legacy messages

page-reason-command_failed = انتهى أحد أوامر البناء بخطأ.
page-reason-manifest_invalid = تعذّرت قراءة package.json.
page-reason-history_failed = تعذّرت كتابة سجل مجلد العمل.
page-reason-no_output = لم يُنشئ البناء مجلدًا للملفات الناتجة.
page-reason-attempts_exhausted = انقطعت كل المحاولات.
page-reason-storage_unavailable = وحدة التخزين غير متاحة أو ممتلئة.
page-reason-command_not_found = أمر يحتاج إليه البناء غير مثبَّت على الخادم.
page-reason-internal = حدث خطأ في الخادم.
page-reason-lockfile_invalid = لا يتوافق ملف القفل مع ملف الحزمة، أو تتعذّر قراءته.
page-reason-output_too_deep = مجلدات الملفات الناتجة متداخلة أكثر من المسموح.
page-reason-output_too_large = حجم الملفات الناتجة أكبر من المسموح.
page-reason-package_manager_unavailable = تعذّر جلب مدير الحزم.
page-reason-artifact_missing = لم تعد ملفات الإصدار محفوظة.
page-reason-artifact_corrupt = ملفات الإصدار تالفة.
page-reason-artifact_refused = لا يمكن فك حزمة ملفات الإصدار بأمان.
page-reason-ai_limit_reached = تم بلوغ حد مزوّد الذكاء الاصطناعي.
page-reason-provider_unavailable = مزوّد الذكاء الاصطناعي غير متاح.
page-reason-network_timeout = لم يستجب مزوّد الذكاء الاصطناعي في الوقت المحدد.
page-reason-generator_refused = لم يقبل مزوّد الذكاء الاصطناعي الطلب.
page-reason-generation_incomplete = انقطع رد مزوّد الذكاء الاصطناعي.
page-reason-generation_truncated = بلغ رد مزوّد الذكاء الاصطناعي الحد الأقصى لطوله.
page-reason-generation_filtered = حجب مزوّد الذكاء الاصطناعي رده.
page-reason-generation_unreadable = تعذّرت قراءة رد مزوّد الذكاء الاصطناعي.
page-reason-generation_too_large = رد مزوّد الذكاء الاصطناعي أكبر من المسموح.
page-reason-generation_empty = لا يتضمن رد مزوّد الذكاء الاصطناعي أي ملفات.
page-reason-generated_files_invalid = يتضمن رد مزوّد الذكاء الاصطناعي ملفًا لا يمكن أن يكون في المشروع.
page-reason-timed_out = استغرق الأمر وقتًا أطول من المسموح.
page-reason-stopped = أُوقفت العملية.
page-reason-memory_limit = استهلك البناء ذاكرة أكثر من المسموح.
page-reason-process_limit = شغّل البناء عمليات متزامنة أكثر من المسموح.
page-reason-disk_limit = كتب البناء على القرص أكثر من المسموح.
