package dev.tokencache.reload;

import dev.tokencache.token.Sha256;
import io.smallrye.config.SmallRyeConfig;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import static java.nio.charset.StandardCharsets.UTF_8;

/** Hashes of the values of each kind, to notice changes and to compare instances. Immutable. */
final class Fingerprints {

    private final Map<String, String> hashes;
    private final String key;

    private Fingerprints(Map<String, String> hashes, String key) {
        this.hashes = hashes;
        this.key = key;
    }

    /** @param keys the kind whose values are secrets of high entropy, which all instances share */
    static Fingerprints of(List<Reloadable> kinds, String keys, SmallRyeConfig config) {
        Map<String, String> hashes = new LinkedHashMap<>();
        kinds.forEach(kind -> hashes.put(kind.kind(), HexFormat.of().formatHex(hash(values(kind, config)))));
        return new Fingerprints(hashes, Objects.requireNonNull(hashes.get(keys)));
    }

    private static byte[] hash(List<String> values) {
        return Sha256.hash(String.join("\0", values).getBytes(UTF_8));
    }

    private static List<String> values(Reloadable kind, SmallRyeConfig config) {
        List<String> values = new ArrayList<>();
        for (String property : ConfigFiles.names(config)) {
            if (kind.has(property)) {
                values.add(property);
                values.add(String.valueOf(config.getConfigValue(property).getValue()));
            }
            if (kind.namesFile(property)) {
                ConfigFiles.named(config, property).forEach(file -> values.add(ConfigFiles.state(file)));
            }
        }
        return values;
    }

    /** The files that properties of these kinds name. */
    static List<Path> files(List<Reloadable> kinds, SmallRyeConfig config) {
        return ConfigFiles.names(config).stream()
                .filter(property -> kinds.stream().anyMatch(kind -> kind.namesFile(property)))
                .flatMap(property -> ConfigFiles.named(config, property).stream())
                .toList();
    }

    /** The kinds whose values differ. */
    List<String> changedSince(Fingerprints earlier) {
        return hashes.keySet().stream()
                .filter(kind -> !Objects.equals(hashes.get(kind), earlier.hashes.get(kind)))
                .toList();
    }

    /**
     * A number that is the same in all instances with the same values.
     *
     * <p>It reveals nothing, not even whether a guessed password is right: it is 32 bits of a hash that is keyed with the token
     * keys, which have at least 256 random bits. It therefore changes with the token keys, too.
     */
    long number(String kind) {
        return ByteBuffer.wrap(hash(List.of(key, hashes.getOrDefault(kind, ""))))
                        .getInt()
                & 0xffff_ffffL;
    }
}
