package dev.tokencache.identity;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.interfaces.ECPrivateKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jose4j.keys.EllipticCurves;

/** Reads private keys in PKCS#8, the PEM form {@code BEGIN PRIVATE KEY} (RFC 7468 section 10). */
final class Pkcs8 {

    private static final String BEGIN = "-----BEGIN ";
    private static final Pattern PRIVATE_KEY =
            Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]*)-----END PRIVATE KEY-----");

    private Pkcs8() {}

    /** Reads a key as {@link SigningKey#parse} does. */
    static PrivateKey parse(String pemOrPath) {
        Matcher pem = PRIVATE_KEY.matcher(pemOrPath.strip().startsWith(BEGIN) ? pemOrPath : read(pemOrPath));
        if (!pem.find()) {
            throw new IllegalArgumentException("is not PKCS#8 in PEM (-----BEGIN PRIVATE KEY-----)");
        }
        PrivateKey key = decode(pem.group(1));
        if (key instanceof ECPrivateKey ec && !ec.getParams().getOrder().equals(EllipticCurves.P256.getOrder())) {
            throw new IllegalArgumentException("has an EC key of another curve than P-256");
        }
        return key;
    }

    private static String read(String path) {
        try {
            return Files.readString(Path.of(path.strip()));
        } catch (IOException | InvalidPathException e) {
            // The value is not repeated: it could be a damaged key.
            throw new IllegalArgumentException("is neither a PEM nor the path of a readable file");
        }
    }

    private static PrivateKey decode(String base64) {
        try {
            PKCS8EncodedKeySpec encoded =
                    new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(base64));
            for (String algorithm : List.of("EC", "Ed25519")) {
                try {
                    return KeyFactory.getInstance(algorithm).generatePrivate(encoded);
                } catch (InvalidKeySpecException another) {
                    // It is a key of another algorithm.
                }
            }
        } catch (GeneralSecurityException | IllegalArgumentException malformed) {
            // The cause could quote the key.
        }
        throw new IllegalArgumentException("is neither an EC P-256 nor an Ed25519 key in PKCS#8");
    }
}
