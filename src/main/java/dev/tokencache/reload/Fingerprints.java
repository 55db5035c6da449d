package dev.tokencache.reload;

import dev.tokencache.token.Sha256;
import io.smallrye.config.SmallRyeConfig;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.StreamSupport;

import static java.nio.charset.StandardCharsets.UTF_8;

/** Hashes of the values of each kind, to notice changes and to compare instances. Immutable. */
final class Fingerprints {

    private final Map<String, ByteBuffer> hashes;
    private final byte[] key;

    private Fingerprints(Map<String, ByteBuffer> hashes, byte[] key) {
        this.hashes = hashes;
        this.key = key;
    }

    /** @param keys the kind whose values are secrets of high entropy, which all instances share */
    static Fingerprints of(List<Reloadable> kinds, String keys, SmallRyeConfig config) {
        Map<String, ByteBuffer> hashes = new LinkedHashMap<>();
        kinds.forEach(kind -> hashes.put(kind.kind(), ByteBuffer.wrap(Sha256.hash(values(kind, config)))));
        return new Fingerprints(hashes, Objects.requireNonNull(hashes.get(keys)).array());
    }

    private static byte[] values(Reloadable kind, SmallRyeConfig config) {
        List<byte[]> values = new ArrayList<>();
        for (String property : sorted(config)) {
            if (kind.has(property)) {
                values.add(property.getBytes(UTF_8));
                values.add(String.valueOf(config.getConfigValue(property).getValue())
                        .getBytes(UTF_8));
            }
            if (kind.namesFile(property)) {
                ConfigFiles.named(config, property).forEach(file -> values.addAll(ConfigFiles.contents(file)));
            }
        }
        return ConfigFiles.join(values);
    }

    private static TreeSet<String> sorted(SmallRyeConfig config) {
        TreeSet<String> names = new TreeSet<>();
        config.getPropertyNames().forEach(names::add);
        return names;
    }

    /** The files that properties of these kinds name. */
    static List<Path> files(List<Reloadable> kinds, SmallRyeConfig config) {
        return StreamSupport.stream(config.getPropertyNames().spliterator(), false)
                .filter(property -> kinds.stream().anyMatch(kind -> kind.namesFile(property)))
                .sorted()
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
        return Optional.ofNullable(hashes.get(kind))
                .map(hash -> ConfigFiles.join(List.of(key, hash.array())))
                .map(keyed -> ByteBuffer.wrap(Sha256.hash(keyed)).getInt() & 0xffff_ffffL)
                .orElse(0L);
    }
}
