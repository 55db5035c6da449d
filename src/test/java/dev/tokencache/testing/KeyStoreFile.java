package dev.tokencache.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** A key store with one key pair, managed with keytool. */
record KeyStoreFile(Path path) {

    static final String PASSWORD = "test-certificate";
    private static final String ALIAS = "the-key";

    /** Generates a key pair with a self-signed certificate. */
    static KeyStoreFile generate(Path path, String name, String... extensions) {
        KeyStoreFile created = new KeyStoreFile(path);
        List<String> arguments =
                new ArrayList<>(List.of("-genkeypair", "-keyalg", "EC", "-groupname", "secp256r1", "-validity", "2"));
        arguments.addAll(List.of("-dname", "CN=" + name));
        arguments.addAll(List.of(extensions));
        created.run(arguments);
        return created;
    }

    /** Signs the key of {@code subject} with this key, and imports the certificate into {@code subject}. */
    void sign(KeyStoreFile subject, String... extensions) {
        Path request = subject.path.resolveSibling(subject.path.getFileName() + ".csr");
        Path signed = subject.path.resolveSibling(subject.path.getFileName() + ".crt");
        subject.run(List.of("-certreq", "-file", request.toString()));
        List<String> arguments = new ArrayList<>(List.of("-gencert", "-validity", "2"));
        arguments.addAll(List.of("-infile", request.toString(), "-outfile", signed.toString()));
        arguments.addAll(List.of(extensions));
        run(arguments);
        subject.importCertificate("authority", exportCertificate(path.resolveSibling(path.getFileName() + ".pem")));
        subject.importCertificate(ALIAS, signed);
    }

    private void importCertificate(String alias, Path certificate) {
        keytool(List.of("-importcert", "-noprompt", "-file", certificate.toString()), alias);
    }

    /** Writes the certificate as PEM. */
    Path exportCertificate(Path file) {
        try {
            return pem(file, "CERTIFICATE", open().getCertificate(ALIAS).getEncoded());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Writes the private key as PEM (PKCS 8). */
    Path exportKey(Path file) {
        try {
            return pem(
                    file,
                    "PRIVATE KEY",
                    open().getKey(ALIAS, PASSWORD.toCharArray()).getEncoded());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private KeyStore open() throws GeneralSecurityException {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(path)) {
            keys.load(in, PASSWORD.toCharArray());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return keys;
    }

    private void run(List<String> arguments) {
        keytool(arguments, ALIAS);
    }

    private void keytool(List<String> arguments, String alias) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        // The second compiler would double the cost of such a short process.
        command.addAll(List.of("-J-XX:TieredStopAtLevel=1", "-J-XX:+UseSerialGC"));
        command.addAll(arguments);
        command.addAll(List.of("-alias", alias, "-keystore", path.toString()));
        command.addAll(List.of("-storetype", "PKCS12", "-storepass", PASSWORD));
        run(path.toAbsolutePath().getParent(), command);
    }

    /** Runs a program to its end. */
    static void run(Path folder, List<String> command) {
        Path log = folder.resolve("tool.log");
        try {
            int exit = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start()
                    .waitFor();
            if (exit != 0) {
                throw new IllegalStateException(command + ": " + Files.readString(log));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static Path pem(Path file, String type, byte[] der) {
        String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
        try {
            return Files.writeString(
                    file, "-----BEGIN " + type + "-----\n" + base64 + "\n-----END " + type + "-----\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
