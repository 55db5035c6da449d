package dev.tokencache.operator.doctor.facts;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Replaces passwords by fingerprints that are equal for equal passwords, but only within one run. Thread-safe. */
final class Passwords {

    /** The parameters that hold secrets: {@code requirepass}, {@code masterauth}, {@code tls-key-file-pass} and such. */
    private static final Pattern SECRET = Pattern.compile(".*(pass|password|secret|auth)");

    private static final int KEY_BYTES = 32;
    private static final int TEXT_LENGTH = 16;

    private final SecretKeySpec key;

    Passwords() {
        byte[] random = new byte[KEY_BYTES];
        new SecureRandom().nextBytes(random);
        this.key = new SecretKeySpec(random, "HmacSHA256");
    }

    private String fingerprint(String password) {
        if (password.isEmpty()) {
            return "";
        }
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(key);
            byte[] hash = mac.doFinal(password.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash).substring(0, TEXT_LENGTH);
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("every JDK has HmacSHA256", impossible);
        }
    }

    /** The parameters without secrets, also under the names of other versions: {@code replica} for {@code slave}. */
    Map<String, String> withoutSecrets(Map<String, String> config) {
        Map<String, String> safe = new TreeMap<>();
        config.forEach((name, value) -> {
            String lower = name.toLowerCase(Locale.ROOT);
            safe.put(lower, SECRET.matcher(lower).matches() ? fingerprint(value) : value);
        });
        Map.copyOf(safe).forEach((name, value) -> {
            safe.putIfAbsent(name.replace("slave", "replica"), value);
            safe.putIfAbsent(name.replace("primary", "master"), value);
        });
        return safe;
    }

    /** A line of {@code ACL LIST} or a {@code user} line of a file, without passwords and hashes. */
    static String withoutHashes(String user) {
        return Stream.of(user.trim().split("\\s+"))
                .map(rule -> rule.startsWith("#") || rule.startsWith(">")
                        ? "#"
                        : rule.startsWith("<") || rule.startsWith("!") ? "!" : rule)
                .collect(Collectors.joining(" "));
    }
}
