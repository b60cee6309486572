//! The logs of builds among the streams: their lines are told to this node's readers as they are, and to other nodes only
//! how far a log goes now, since there may be thousands a second and mostly nobody who reads them there.

use super::{Grown, Hub, Message, Record, StreamKey};
use crate::domain::log::StoredLine;

impl Grown {
    fn key(&self) -> StreamKey {
        StreamKey::Logs { id: self.build_id.clone(), project_id: self.project_id.clone() }
    }
}

impl Hub {
    /// Tells this node's listeners of lines that have been committed, and the other nodes how far that log goes now.
    pub fn publish_lines(&self, lines: &[StoredLine], grown: Grown) {
        let topic = self.topic(&grown.key());
        if let Some(topic) = topic {
            lines.iter().for_each(|line| topic.push(Record::line(line)));
            // a commit whose answer got lost says how far the log goes, and no lines
            if topic.position() < grown.last { topic.doubt() } else { topic.wake() }
        }
        self.inner.bus.send(Message::Grown(grown));
    }

    /// Has the lines read that another node wrote: once for all readers, and all that came meanwhile at once.
    pub(super) fn follow(&self, grown: &Grown) {
        let Some(topic) = self.topic(&grown.key()) else { return };
        if topic.is_long_history() {
            return topic.doubt();
        }
        if topic.expect(grown.last) {
            let hub = self.clone();
            tokio::spawn(async move {
                while let Some(from) = topic.behind() {
                    hub.refill(&topic).await;
                    if topic.position() == from {
                        return topic.stop_following();
                    }
                }
            });
        }
    }
}
