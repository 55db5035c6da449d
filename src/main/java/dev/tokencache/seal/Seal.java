package dev.tokencache.seal;

import dev.tokencache.token.RoutingTag;
import dev.tokencache.token.Token;
import dev.tokencache.token.TokenCodec;
import dev.tokencache.token.TokenId;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Seals values before they are stored, and opens them. A value that does not verify fails with {@link
 * IllegalArgumentException}, as an unreadable one does, so its verdict is unknown. Thread-safe; the keys can change.
 */
public final class Seal {

    /** Separates a text from its MAC. Neither a time nor a pointer contains it. */
    private static final char DOT = '.';

    /** With records of the largest size that is remembered, about 16 MB. */
    private static final int REMEMBERED_RECORDS = 1 << 13;

    private enum Failure {
        UNVERIFIED("does not verify"),
        UNKNOWN_KEY("is sealed with a key that is not in tokencache.seal.keys"),
        UNSEALED("is not sealed, although tokencache.seal.required=true"),
        SUBJECT("belongs to another subject");

        private final String message;

        Failure(String message) {
            this.message = message;
        }
    }

    /**
     * A record as it was opened.
     *
     * @param isOutdated whether to seal it again: it is not sealed, or not with the active key
     */
    public record Opened(Token token, boolean isOutdated) {}

    /** A text as it was verified; {@code isOutdated} as in {@link Opened}. */
    public record Verified(String text, boolean isOutdated) {}

    private final Supplier<SealKeys> keys;
    private final Map<Failure, Counter> failures;
    private final Counter outdated;
    private final OpenedRecords openedRecords;
    private volatile SealKeys own = SealKeys.NONE;

    private Seal(MeterRegistry registry) {
        this.keys = () -> own;
        this.openedRecords = new OpenedRecords(REMEMBERED_RECORDS);
        this.failures = new EnumMap<>(Failure.class);
        for (Failure failure : Failure.values()) {
            failures.put(
                    failure,
                    Counter.builder("tokencache.seal.failures")
                            .description("Stored values that do not verify; their verdict is unknown")
                            .tag("reason", failure.name().toLowerCase(Locale.ROOT))
                            .register(registry));
        }
        this.outdated = Counter.builder("tokencache.seal.outdated.reads")
                .description("Stored values that were read and are not sealed with the active key")
                .register(registry);
    }

    private Seal(Supplier<SealKeys> keys, Map<Failure, Counter> failures, Counter outdated) {
        this.keys = keys;
        this.failures = failures;
        this.outdated = outdated;
        this.openedRecords = new OpenedRecords(0);
    }

    /** Seals nothing and opens only what is not sealed. */
    public static Seal off() {
        return new Seal(new SimpleMeterRegistry());
    }

    /** @throws IllegalArgumentException naming the property, if the keys are invalid */
    public static Seal from(SealConfig config, MeterRegistry registry) {
        Seal seal = new Seal(registry);
        seal.use(SealKeys.of(config.keys(), config.activeKey(), config.required()));
        return seal;
    }

    /** Replaces the keys. */
    public void use(SealKeys changed) {
        own = changed;
    }

    /**
     * A seal for the data of another token-cache: opens with the same keys, and seals with its key or not at all.
     *
     * @throws IllegalArgumentException naming the property, if there is no such key
     */
    public Seal ofOther(String property, Optional<String> kid) {
        Supplier<SealKeys> changed = () -> keys.get().withActive(property, kid, false);
        Objects.requireNonNull(changed.get());
        return new Seal(changed, failures, outdated);
    }

    /** Whether values are sealed. */
    public boolean isOn() {
        return keys.get().active() != null;
    }

    /** Whether a value that is not sealed does not verify. */
    public boolean isRequired() {
        return keys.get().isRequired();
    }

    /** Encodes a token, and seals it if there is an active key. */
    public byte[] encode(Token token, Place place) {
        byte[] record = TokenCodec.encode(token);
        SealKey active = keys.get().active();
        if (active == null) {
            return record;
        }
        TokenCodec.setSealed(record, true);
        return active.seal(record, TokenCodec.plainLength(record), place);
    }

    /** Decodes a record of {@link #encode}. Throws {@link IllegalArgumentException} if it is unreadable or does not verify. */
    public Opened decode(TokenId id, byte[] record, Place place) {
        SealKeys present = keys.get();
        Opened known = openedRecords.find(present, id, place, record);
        if (known != null) {
            return known;
        }
        Opened opened = open(present, id, record, place);
        if (!opened.isOutdated()) {
            openedRecords.put(present, place, record, opened);
        }
        return opened;
    }

    private Opened open(SealKeys present, TokenId id, byte[] record, Place place) {
        if (!TokenCodec.isSealed(record)) {
            return new Opened(decodeUnsealed(id, record, present), isOutdated(present, null));
        }
        int plain = TokenCodec.plainLength(record);
        if (record.length < plain + SealKey.OVERHEAD) {
            throw failure(Failure.UNVERIFIED);
        }
        SealKey key = key(present, SealKey.idIn(record, plain));
        byte[] opened = key.open(record, plain, place);
        if (opened == null) {
            throw failure(Failure.UNVERIFIED);
        }
        TokenCodec.setSealed(opened, false);
        return new Opened(TokenCodec.decode(id, opened), isOutdated(present, key));
    }

    private Token decodeUnsealed(TokenId id, byte[] record, SealKeys present) {
        if (present.isRequired()) {
            throw failure(Failure.UNSEALED);
        }
        Token token = TokenCodec.decode(id, record);
        if (!RoutingTag.ofSubject(token.sub()).equals(id.tag())) {
            throw failure(Failure.SUBJECT);
        }
        return token;
    }

    /** Encrypts an ASCII text, as base64url. Empty if there is no active key. */
    public Optional<String> encrypt(String text, Place place) {
        return encrypt(ascii(text), place).map(Seal::base64);
    }

    /** Encrypts a content. Empty if there is no active key. */
    public Optional<byte[]> encrypt(byte[] content, Place place) {
        return Optional.ofNullable(keys.get().active()).map(active -> active.seal(content, 0, place));
    }

    /** Decrypts a text of {@link #encrypt}. Throws {@link IllegalArgumentException} if it does not verify. */
    public String decrypt(String encrypted, Place place) {
        return new String(decrypt(Base64.getUrlDecoder().decode(encrypted), place), StandardCharsets.US_ASCII);
    }

    /** Decrypts a content of {@link #encrypt}. Throws {@link IllegalArgumentException} if it does not verify. */
    public byte[] decrypt(byte[] sealed, Place place) {
        if (sealed.length < SealKey.OVERHEAD) {
            throw failure(Failure.UNVERIFIED);
        }
        byte[] content = key(keys.get(), SealKey.idIn(sealed, 0)).open(sealed, 0, place);
        if (content == null) {
            throw failure(Failure.UNVERIFIED);
        }
        return content;
    }

    /** Appends a MAC to a text without a dot, if there is an active key. */
    public String authenticate(String text, Place place) {
        SealKey active = keys.get().active();
        return active == null ? text : text + DOT + base64(active.mac(ascii(text), place));
    }

    /** Verifies a text of {@link #authenticate}. Throws {@link IllegalArgumentException} if it does not verify. */
    public Verified verify(String value, Place place) {
        SealKeys present = keys.get();
        int dot = value.indexOf(DOT);
        if (dot < 0) {
            if (present.isRequired()) {
                throw failure(Failure.UNSEALED);
            }
            return new Verified(value, isOutdated(present, null));
        }
        String text = value.substring(0, dot);
        byte[] mac = mac(value.substring(dot + 1));
        SealKey key = key(present, SealKey.idIn(mac, 0));
        if (!key.verify(mac, ascii(text), place)) {
            throw failure(Failure.UNVERIFIED);
        }
        return new Verified(text, isOutdated(present, key));
    }

    private byte[] mac(String text) {
        try {
            byte[] mac = Base64.getUrlDecoder().decode(text);
            if (mac.length == SealKey.MAC_BYTES) {
                return mac;
            }
        } catch (IllegalArgumentException notBase64) {
            // Fails below.
        }
        throw failure(Failure.UNVERIFIED);
    }

    private SealKey key(SealKeys present, int id) {
        SealKey key = present.byId(id);
        if (key == null) {
            throw failure(Failure.UNKNOWN_KEY);
        }
        return key;
    }

    private boolean isOutdated(SealKeys present, @Nullable SealKey key) {
        boolean isOutdated = present.active() != null && present.active() != key;
        if (isOutdated) {
            outdated.increment();
        }
        return isOutdated;
    }

    private IllegalArgumentException failure(Failure failure) {
        Objects.requireNonNull(failures.get(failure)).increment();
        return new IllegalArgumentException("a stored value " + failure.message);
    }

    private static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
