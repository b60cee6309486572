//! The files of starts: checked whole, all of a request before the first is stored, then stored under their hashes.

use super::{Place, Plan, check};
use crate::artifacts::pack::{Content, Entries, pack};
use crate::artifacts::unpack::{UnpackError, inspect};
use crate::domain::files::{FileLimits, Files};
use crate::domain::problem::{FieldError, Problem};
use crate::service::{Fault, ServiceError, Services};
use crate::store::{Transaction, condemned};
use bytes::Bytes;
use sha2::{Digest, Sha256};
use std::io::Cursor;
use std::sync::atomic::AtomicBool;

/// The files of a start.
#[derive(Debug, Clone)]
pub enum Source {
    /// By path.
    Files(Files),
    /// As a zip.
    Zip(Vec<u8>),
}

impl Source {
    /// The request's field that it came in.
    pub(super) const fn field(&self) -> &'static str {
        match self {
            Self::Files(_) => "templateFiles",
            Self::Zip(_) => "templateZip",
        }
    }

    /// The source as a zip with its number of files, or why it can't be one.
    fn checked(self, limits: FileLimits) -> Result<(Vec<u8>, usize), UnpackError> {
        match self {
            // judged with the other fields
            Self::Files(files) => {
                let entries: Entries<'_> = files.iter().map(|(path, bytes)| (path.clone(), Content::Bytes(bytes))).collect();
                Ok((pack(&entries, Cursor::new(Vec::new()), &AtomicBool::new(false))?.into_inner(), files.len()))
            }
            Self::Zip(bytes) => inspect(bytes.as_slice(), limits).map(|contents| (bytes, contents.files)),
        }
    }
}

impl Services {
    /// Checks every field of every plan. A zip is unpacked here only when the request is refused, so that all its faults are
    /// told: for others that waits until they could begin.
    pub(super) async fn checked(&self, plans: Vec<Plan>) -> Result<Vec<Plan>, ServiceError> {
        let limits = self.inner.settings.files;
        let checking = tokio::task::spawn_blocking(move || (check::fields(&plans, limits), plans));
        let (mut errors, mut plans) = checking.await.map_err(|error| Fault::Bug(error.to_string()))?;
        if errors.is_empty() {
            return Ok(plans);
        }
        for plan in &mut plans {
            if let Some(source @ Source::Zip(_)) = plan.start.source.take()
                && let Err(faults) = self.check_source(source, plan.place).await?
            {
                errors.extend(faults);
            }
        }
        Err(Problem::validation(errors).into())
    }

    /// Checks the sources of all plans, then stores each and notes its key.
    pub(super) async fn store_sources(&self, plans: &mut [Plan]) -> Result<(), ServiceError> {
        let (mut zips, mut errors) = (vec![], vec![]);
        for plan in plans {
            if let Some(source) = plan.start.source.take() {
                match self.check_source(source, plan.place).await? {
                    Ok((zip, files)) => {
                        plan.files = i64::try_from(files).ok();
                        zips.push((plan, zip));
                    }
                    Err(faults) => errors.extend(faults),
                }
            }
        }
        if !errors.is_empty() {
            return Err(Problem::validation(errors).into());
        }
        for (plan, zip) in zips {
            let key = format!("sources/{}.zip", hex::encode(Sha256::digest(&zip)));
            let zip = Bytes::from(zip);
            self.inner.artifacts.put(&key, zip.clone()).await?;
            (plan.source_key, plan.source_zip) = (Some(key), Some(zip));
        }
        Ok(())
    }

    /// A sweep may have found a source to be nobody's before it was stored here, and may have removed it after: it is stored
    /// once more, and from here on the sweep leaves it alone.
    pub(super) async fn take_back_sources(&self, tx: &mut Transaction, plans: &[Plan]) -> Result<(), ServiceError> {
        let stored: Vec<(&str, &Bytes)> = plans.iter().filter_map(|plan| plan.source_key.as_deref().zip(plan.source_zip.as_ref())).collect();
        if stored.is_empty() {
            return Ok(());
        }
        let keys: Vec<&str> = stored.iter().map(|(key, _)| *key).collect();
        for key in condemned::take_back(tx, &keys).await? {
            let zip = stored.iter().find(|(stored, _)| *stored == key).map(|(_, zip)| Bytes::clone(zip));
            self.inner.artifacts.put(&key, zip.unwrap_or_default()).await?;
        }
        Ok(())
    }

    async fn check_source(&self, source: Source, place: Place) -> Result<Result<(Vec<u8>, usize), Vec<FieldError>>, ServiceError> {
        let (field, limits) = (place.field(source.field()), self.inner.settings.files);
        let checked = tokio::task::spawn_blocking(move || source.checked(limits)).await.map_err(|error| Fault::Bug(error.to_string()))?;
        Ok(match checked {
            Ok(zip) => Ok(zip),
            Err(UnpackError::Refused(faults)) => Err(faults.into_iter().map(|fault| FieldError::new(&field, fault)).collect()),
            Err(error @ UnpackError::Broken(_)) => Err(vec![FieldError::new(&field, error.to_string())]),
            Err(error @ (UnpackError::Io(_) | UnpackError::Stopped)) => return Err(Fault::Bug(error.to_string()).into()),
        })
    }
}
