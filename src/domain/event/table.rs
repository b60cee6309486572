//! The 35 codes of the contract, each once: adding one is an entry here and its messages in `locales/`.
//!
//! Spans of progress: what is usual in a build takes the wide ones. A failed event's span is empty (0..0),
//! which leaves the progress where it was.

use super::payload::{CodeInfo, Place, events};
use super::vocabulary::{EventType, Phase, RollbackPhase};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

events! {
    BUILD_QUEUED BuildQueued [Setup Started 0.0..0.0] "The build waits for a worker." {
        /// Place in the queue, 1 for the next.
        queue_position: u32,
    } optional {
        /// When it is expected to start, epoch milliseconds.
        estimated_start: i64,
    }
    BUILD_STARTED BuildStarted [Setup Started 0.01..0.01] "A worker took the build." {
        /// Whether an earlier attempt was cut short.
        is_retry: bool,
        /// Number of this attempt, from 1.
        attempt_number: u32,
    } optional {}
    BUILD_VALIDATING BuildValidating [Setup Progress 0.02..0.02] "The project's files are checked." {
        /// Files in the project.
        count: u32,
        /// Their bytes.
        total_bytes: u64,
    } optional {}
    BUILD_FRAMEWORK_DETECTING BuildFrameworkDetecting [Setup Progress 0.04..0.04] "The framework is found from the manifests." {} optional {
        /// Framework, such as `static`, `vite` or `next`.
        framework: String,
        /// The version range that the manifest asks for.
        version: String,
        /// How sure, from 0 to 1.
        confidence: f64,
    }

    BUILD_DEVELOPMENT_STARTING BuildDevelopmentStarting [Development Started 0.05..0.05] "Code generation begins." {
        /// Whether an earlier attempt was cut short.
        is_retry: bool,
        /// Number of this attempt, from 1.
        attempt_number: u32,
    } optional {}
    BUILD_CODE_GENERATING BuildCodeGenerating [Development Progress 0.06..0.2] "A provider writes code." {
        /// Provider, such as `anthropic`.
        provider: String,
    } optional {
        /// Bytes of the reply so far.
        step: u64,
        /// Bytes in all; left out, since nobody knows before its end.
        total: u64,
    }
    BUILD_CODE_REVIEWING BuildCodeReviewing [Development Progress 0.2..0.2] "Generated files are checked." {
        /// Files.
        count: u32,
    } optional {}
    BUILD_CODE_APPLYING BuildCodeApplying [Development Progress 0.21..0.24] "Generated files are written." {
        /// Files written.
        step: u64,
        /// Files in all.
        total: u64,
    } optional {}
    BUILD_DEVELOPMENT_COMPLETE BuildDevelopmentComplete [Development Completed 0.25..0.25] "Code generation is done." {
        /// Files changed.
        count: u32,
        /// Seconds it took.
        duration: f64,
    } optional {}

    BUILD_DEPENDENCIES_ANALYZING BuildDependenciesAnalyzing [Dependencies Started 0.26..0.26] "The dependencies are read." {
        /// Package manager: npm, pnpm, yarn or bun.
        package_manager: String,
        /// Dependencies that the manifest names.
        count: u32,
    } optional {}
    BUILD_DEPENDENCIES_INSTALLING BuildDependenciesInstalling [Dependencies Progress 0.27..0.48] "Packages are installed." {
        /// Package manager.
        package_manager: String,
        /// Packages fetched.
        step: u64,
        /// Packages in all, as far as known.
        total: u64,
    } optional {
        /// The package fetched last.
        package: String,
        /// Its version.
        version: String,
    }
    BUILD_DEPENDENCIES_CACHED BuildDependenciesCached [Dependencies Progress 0.49..0.49] "Packages came from the cache." {
        /// Package manager.
        package_manager: String,
        /// Packages.
        count: u32,
        /// Age of the cache entry in seconds.
        age_seconds: f64,
    } optional {}
    BUILD_DEPENDENCIES_COMPLETE BuildDependenciesComplete [Dependencies Completed 0.5..0.5] "The packages are there." {
        /// Package manager.
        package_manager: String,
        /// Packages installed.
        packages_installed: u32,
        /// Seconds it took.
        duration: f64,
    } optional {}

    BUILD_COMPILING BuildCompiling [Build Started 0.52..0.52] "The project's build script runs." {
        /// Framework.
        framework: String,
    } optional {}
    BUILD_BUNDLING BuildBundling [Build Progress 0.7..0.7] "The output is gathered." {
        /// Files in the output.
        count: u32,
    } optional {}
    BUILD_OPTIMIZING BuildOptimizing [Build Progress 0.71..0.78] "Text files are compressed beforehand." {
        /// Files done.
        step: u64,
        /// Files in all.
        total: u64,
    } optional {
        /// Bytes of those files before.
        bytes_before: u64,
        /// Bytes of their compressed variants.
        bytes_after: u64,
    }

    BUILD_DEPLOYING BuildDeploying [Deploy Started 0.8..0.8] "The version is put together." {
        /// The version that the build makes.
        version_id: String,
    } optional {}
    BUILD_DEPLOY_PREPARING BuildDeployPreparing [Deploy Progress 0.82..0.82] "The artifact is packed." {
        /// Bytes of the artifact.
        artifact_size: u64,
        /// Files in it.
        count: u32,
    } optional {}
    BUILD_DEPLOY_UPLOADING BuildDeployUploading [Deploy Progress 0.83..0.92] "The artifact is stored." {
        /// Bytes stored.
        step: u64,
        /// Bytes in all.
        total: u64,
    } optional {}
    BUILD_PREVIEW_PREPARING BuildPreviewPreparing [Deploy Progress 0.93..0.93] "The preview is prepared." {} optional {}
    BUILD_DEPLOY_ACTIVATING BuildDeployActivating [Deploy Progress 0.95..0.95] "The preview is about to show the version." {
        /// Where the preview is.
        url: String,
    } optional {
        /// Region that serves it.
        region: String,
    }

    BUILD_METADATA_GENERATING BuildMetadataGenerating [Metadata Started 0.96..0.96] "The output is looked at." {} optional {}
    BUILD_RECOMMENDATIONS_GENERATED BuildRecommendationsGenerated [Metadata Progress 0.97..0.97] "Recommendations are there." {
        /// Recommendations.
        count: u32,
    } optional {}
    BUILD_METADATA_COMPLETE BuildMetadataComplete [Metadata Completed 0.98..0.98] "The look at the output is done." {
        /// Seconds it took.
        duration: f64,
    } optional {}

    BUILD_COMPLETED BuildCompleted [Deploy Completed 1.0..1.0 last] "The build is deployed." {
        /// Seconds from the first start to the end.
        duration: f64,
        /// Where the preview is.
        url: String,
        /// The version that the build made.
        version_id: String,
    } optional {}
    BUILD_FAILED BuildFailed [OfTheStep Failed 0.0..0.0 last] "The build failed." {} optional {
        /// A stable word, such as `command_failed` or `no_output`.
        reason: String,
        /// Exit code of the command that failed.
        exit_code: i32,
        /// Seconds from the first start to the end.
        duration: f64,
        /// Phase that failed.
        phase: Phase,
        /// Whether trying again may help.
        recoverable: bool,
    }
    BUILD_TIMEOUT BuildTimeout [OfTheStep Failed 0.0..0.0 last] "The build took too long and was stopped." {
        /// Seconds from the first start to the end.
        duration: f64,
    } optional {
        /// Phase that was stopped.
        phase: Phase,
    }
    BUILD_CANCELLED BuildCancelled [OfTheStep Failed 0.0..0.0 last] "The build was cancelled." {} optional {
        /// Seconds from the first start to the end.
        duration: f64,
        /// Phase that was stopped.
        phase: Phase,
        /// Seconds from the request until the last process was gone.
        stop_duration: f64,
    }

    ROLLBACK_STARTED RollbackStarted [Rollback Started 0.0..0.0] "A rollback began." {
        /// The version to go back to.
        target_version_id: String,
        /// The version that the rollback makes.
        rollback_version_id: String,
    } optional {}
    ROLLBACK_VALIDATING RollbackValidating [Rollback Progress 0.02..0.02] "The target is checked." {
        /// The version to go back to.
        target_version_id: String,
    } optional {}
    ROLLBACK_PREVIEW_UPDATING RollbackPreviewUpdating [Rollback Progress 0.05..0.05] "The preview shows the old version." {
        /// Where the preview is.
        url: String,
        /// Whether the preview has moved.
        preview_url_updated: bool,
    } optional {}
    ROLLBACK_ARTIFACT_DOWNLOADING RollbackArtifactDownloading [Rollback Progress 0.1..0.1] "The artifact is fetched." {
        /// Bytes of the artifact.
        artifact_size: u64,
    } optional {}
    ROLLBACK_WORKING_DIR_SYNCING RollbackWorkingDirSyncing [Rollback Progress 0.2..0.95] "The working directory is rebuilt." {
        /// Files done.
        step: u64,
        /// Files in all.
        total: u64,
    } optional {}
    ROLLBACK_COMPLETED RollbackCompleted [Rollback Completed 1.0..1.0 last] "The rollback is done." {
        /// The version gone back to.
        target_version_id: String,
        /// The version that the rollback made.
        rollback_version_id: String,
        /// Seconds it took.
        duration: f64,
        /// Whether the working directory was rebuilt.
        working_dir_synced: bool,
        /// Whether the preview has moved.
        preview_url_updated: bool,
    } optional {}
    ROLLBACK_FAILED RollbackFailed [Rollback Failed 0.0..0.0 last] "The rollback failed; all is as it was before." {} optional {
        /// A stable word.
        reason: String,
        /// Seconds it took.
        duration: f64,
        /// The part that failed.
        phase: RollbackPhase,
        /// The version to go back to.
        target_version_id: String,
        /// Whether trying again may help.
        recoverable: bool,
    }
}
