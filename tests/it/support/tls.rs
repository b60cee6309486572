//! TLS in front of a plain server, with a certificate authority of its own.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

pub struct TlsFront {
    pub url: String,
    /// The authority's certificate.
    pub authority: PathBuf,
    _folder: tempfile::TempDir,
    task: JoinHandle<()>,
}

impl TlsFront {
    /// Stands in front of a plain server on this machine.
    pub async fn start(plain_url: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        certify(folder.path());
        let file = |name: &str| folder.path().join(name);
        let chain = vec![CertificateDer::from_pem_file(file("leaf.pem")).unwrap()];
        let key = PrivateKeyDer::from_pem_file(file("leaf.key")).unwrap();
        let _ = rustls::crypto::ring::default_provider().install_default();
        let config = ServerConfig::builder().with_no_client_auth().with_single_cert(chain, key).unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("https://localhost:{}", listener.local_addr().unwrap().port());
        let plain = plain_url.trim_start_matches("http://").to_owned();
        let task = tokio::spawn(async move {
            loop {
                let (socket, _) = listener.accept().await.unwrap();
                let (acceptor, plain) = (acceptor.clone(), plain.clone());
                tokio::spawn(async move {
                    let Ok(mut near) = acceptor.accept(socket).await else { return };
                    let mut far = TcpStream::connect(plain).await.unwrap();
                    let _ = tokio::io::copy_bidirectional(&mut near, &mut far).await;
                });
            }
        });
        Self { url, authority: file("authority.pem"), _folder: folder, task }
    }
}

impl Drop for TlsFront {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// An authority, and a certificate of it for `localhost`.
fn certify(folder: &Path) {
    let openssl = |arguments: &str| {
        let output = Command::new("openssl").args(arguments.split(' ')).current_dir(folder).output().expect("openssl is installed");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    };
    let key = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes";
    openssl(&format!("req -x509 {key} -keyout authority.key -out authority.pem -days 2 -subj /CN=authority"));
    let leaf = "-addext subjectAltName=DNS:localhost -addext basicConstraints=critical,CA:FALSE";
    openssl(&format!("req -x509 {key} -keyout leaf.key -out leaf.pem -days 2 -subj /CN=localhost {leaf} -CA authority.pem -CAkey authority.key"));
}
