package dev.tokencache.testing;

import java.nio.file.Path;
import java.util.List;

/**
 * A certificate and its key, as PEM files in a folder.
 *
 * @param certificate the certificate
 * @param key its private key (PKCS 8)
 */
public record TestCertificate(Path certificate, Path key) {

    /** The password of {@link #keyStore}. */
    public static final String PASSWORD = KeyStoreFile.PASSWORD;

    private static final String HERE = "san=ip:127.0.0.1,dns:localhost";

    /** Creates a self-signed certificate for 127.0.0.1. */
    public static TestCertificate create(Path folder) {
        return export(KeyStoreFile.generate(folder.resolve("keys.p12"), "127.0.0.1", "-ext", HERE), folder, "");
    }

    /** As {@link #create}, with the key in a PKCS 12 file. */
    public static Path keyStore(Path folder) {
        return KeyStoreFile.generate(folder.resolve("store.p12"), "127.0.0.1", "-ext", HERE)
                .path();
    }

    /** Creates a private certificate authority. */
    public static Authority authority(Path folder) {
        KeyStoreFile keys =
                KeyStoreFile.generate(folder.resolve("authority.p12"), "Test Authority", "-ext", "bc:c=ca:true");
        return new Authority(keys, folder, keys.exportCertificate(folder.resolve("authority.pem")));
    }

    /** A private certificate authority. */
    public static final class Authority {

        private final KeyStoreFile keys;
        private final Path folder;
        private final Path certificate;

        private Authority(KeyStoreFile keys, Path folder, Path certificate) {
            this.keys = keys;
            this.folder = folder;
            this.certificate = certificate;
        }

        /** The certificate of the authority, for trust stores. */
        public Path certificate() {
            return certificate;
        }

        /** Issues a certificate for 127.0.0.1. */
        public TestCertificate signForThisMachine() {
            return sign("this-machine", HERE);
        }

        /** Issues a certificate for a host other than 127.0.0.1. */
        public TestCertificate signForAnotherMachine() {
            return sign("another-machine", "san=ip:10.1.2.3,dns:redis.example");
        }

        /** Issues a certificate for 127.0.0.1 to 127.0.0.3, which the nodes of one cluster can announce. Needs OpenSSL 3. */
        public TestCertificate signForThreeHosts(int days) {
            Path signed = folder.resolve("three-hosts-" + days + ".pem");
            Path key = folder.resolve("three-hosts-" + days + "-key.pem");
            Path signer = keys.exportKey(folder.resolve("authority-key.pem"));
            String command =
                    "openssl req -x509 -CA %s -CAkey %s -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=redis"
                            + " -addext subjectAltName=IP:127.0.0.1,IP:127.0.0.2,IP:127.0.0.3 -days %d -out %s -keyout %s";
            KeyStoreFile.run(
                    folder,
                    List.of(command.formatted(certificate, signer, days, signed, key)
                            .split(" ")));
            return new TestCertificate(signed, key);
        }

        private TestCertificate sign(String name, String names) {
            KeyStoreFile subject = KeyStoreFile.generate(folder.resolve(name + ".p12"), name);
            keys.sign(subject, "-ext", names);
            return export(subject, folder, name + "-");
        }
    }

    private static TestCertificate export(KeyStoreFile keys, Path folder, String prefix) {
        return new TestCertificate(
                keys.exportCertificate(folder.resolve(prefix + "cert.pem")),
                keys.exportKey(folder.resolve(prefix + "key.pem")));
    }
}
