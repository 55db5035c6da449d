package dev.tokencache.operator.doctor;

import java.util.Arrays;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The version of a server.
 *
 * @param product {@code redis} or {@code valkey}, whose numbers are not comparable
 */
record ServerVersion(String product, String number) {

    /** Of numbers such as {@code 7.2.4}. */
    static final Comparator<String> ORDER = (one, other) -> Arrays.compare(parts(one), parts(other));

    /** Of the fields of {@code INFO}. Valkey also reports the version of Redis that it is compatible with. */
    static Optional<ServerVersion> of(Fields info) {
        String valkey = info.text("valkey_version");
        String number = valkey.isEmpty() ? info.text("redis_version") : valkey;
        return number.isEmpty()
                ? Optional.empty()
                : Optional.of(new ServerVersion(valkey.isEmpty() ? "redis" : "valkey", number));
    }

    boolean isBefore(String other) {
        return ORDER.compare(number, other) < 0;
    }

    /** Whether the server has what Redis introduced with a version. Valkey began as Redis 7.2. */
    boolean hasFeaturesOf(String redis) {
        return product.equals("valkey") || !isBefore(redis);
    }

    private static int[] parts(String number) {
        return Stream.of((number + ".0.0").split("[^0-9]+"))
                .filter(part -> !part.isEmpty())
                .limit(3)
                .mapToInt(Integer::parseInt)
                .toArray();
    }

    @Override
    public String toString() {
        return (product.equals("redis") ? "Redis " : "Valkey ") + number;
    }
}
