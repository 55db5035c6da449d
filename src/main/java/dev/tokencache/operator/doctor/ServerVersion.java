package dev.tokencache.operator.doctor;

import java.util.Arrays;
import java.util.Optional;

/**
 * The version of a server.
 *
 * @param product {@code redis} or {@code valkey}, whose numbers are not comparable
 */
record ServerVersion(String product, String number) {

    /** Of the fields of {@code INFO}. Valkey also reports the version of Redis that it is compatible with. */
    static Optional<ServerVersion> of(Fields info) {
        String valkey = info.text("valkey_version");
        String number = valkey.isEmpty() ? info.text("redis_version") : valkey;
        return number.isEmpty()
                ? Optional.empty()
                : Optional.of(new ServerVersion(valkey.isEmpty() ? "redis" : "valkey", number));
    }

    boolean isBefore(String other) {
        return Arrays.compare(parts(number), parts(other)) < 0;
    }

    /** Whether the server has what Redis introduced with a version. Valkey began as Redis 7.2. */
    boolean hasFeaturesOf(String redis) {
        return product.equals("valkey") || !isBefore(redis);
    }

    private static int[] parts(String number) {
        int[] parts = new int[3];
        String[] words = number.split("[^0-9]+");
        for (int i = 0; i < Math.min(parts.length, words.length); i++) {
            parts[i] = words[i].isEmpty() ? 0 : Integer.parseInt(words[i]);
        }
        return parts;
    }

    @Override
    public String toString() {
        return (product.equals("redis") ? "Redis " : "Valkey ") + number;
    }
}
