package dev.tokencache.caller;

import dev.tokencache.token.Sha256;
import dev.tokencache.token.TokenRules;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The programs that may call the API. Thread-safe. {@link #use} replaces all of them atomically. */
public final class Callers {

    private static final String PREFIX = "tokencache.callers.";
    private static final int HASH_BYTES = 32;

    /** Compared with the secret of an unknown caller, so that refusing it takes the same time. */
    private static final byte[] UNKNOWN_CALLER_HASH = new byte[HASH_BYTES];

    /** There are always two hashes, so that a check takes the same time for every caller. Without a rotation they are equal. */
    private static final class Entry {
        final Caller caller;
        final byte[] firstHash;
        final byte[] secondHash;

        Entry(Caller caller, List<byte[]> hashes) {
            this.caller = caller;
            this.firstHash = hashes.get(0);
            this.secondHash = hashes.get(hashes.size() - 1);
        }
    }

    private static final int MAX_SECRETS = 2;

    /** Those of the configuration. */
    private Map<String, Entry> configured;

    private @Nullable Entry temporary;

    /** All of them. Never changed, only replaced. */
    private volatile Map<String, Entry> entries;

    private Callers(Map<String, Entry> configured) {
        this.configured = configured;
        this.entries = configured;
    }

    /**
     * Reads the callers from the configuration.
     *
     * @throws IllegalArgumentException naming every missing or invalid property
     */
    public static Callers from(CallersConfig config) {
        if (config.byId().isEmpty()) {
            throw new IllegalArgumentException(
                    PREFIX + "<id>.secret-sha256 is not set: the API needs at least one caller");
        }
        List<String> problems = new ArrayList<>();
        Map<String, Entry> entries = new HashMap<>();
        config.byId().forEach((id, entry) -> {
            List<byte[]> hashes = secretHashes(id, entry, problems);
            Set<Role> roles = roles(id, entry, problems);
            if (id.contains(":")) {
                problems.add(PREFIX + id + ": an id must not contain a colon (RFC 7617)");
            }
            String violation = TokenRules.violationOfClientId(id);
            if (violation != null) {
                problems.add(PREFIX + "<id>: an id " + violation);
            }
            entries.put(id, new Entry(new Caller(id, roles), hashes));
        });
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException(String.join("; ", problems));
        }
        return new Callers(entries);
    }

    /** Replaces these callers. A request that has read them completes with the old ones. */
    public synchronized void use(Callers changed) {
        configured = changed.configured;
        replace();
    }

    /** Adds a caller that no configuration has, until {@link #dismiss}. */
    public synchronized void admit(Caller caller, String secret) {
        temporary = new Entry(caller, List.of(Sha256.hash(secret.getBytes(StandardCharsets.UTF_8))));
        replace();
    }

    /** Removes the caller of {@link #admit}. */
    public synchronized void dismiss() {
        temporary = null;
        replace();
    }

    private void replace() {
        Map<String, Entry> all = new HashMap<>(configured);
        if (temporary != null) {
            all.put(temporary.caller.id(), temporary);
        }
        entries = all;
    }

    /** The hashes of a caller's secrets: one, or two while a secret is rotated. */
    private static List<byte[]> secretHashes(String id, CallersConfig.Entry entry, List<String> problems) {
        String property = PREFIX + id + ".secret-sha256";
        if (entry.secretSha256().isEmpty()) {
            problems.add(property + " is not set");
            return List.of(UNKNOWN_CALLER_HASH);
        }
        String[] texts = entry.secretSha256().get().split(",", -1);
        if (texts.length > MAX_SECRETS) {
            problems.add(property + " has more than " + MAX_SECRETS + " hashes");
        }
        List<byte[]> hashes = new ArrayList<>();
        for (String text : texts) {
            hashes.add(secretHash(property, text, problems));
        }
        return hashes;
    }

    private static byte[] secretHash(String property, String text, List<String> problems) {
        try {
            byte[] hash = HexFormat.of().parseHex(text.trim());
            if (hash.length == HASH_BYTES) {
                return hash;
            }
        } catch (IllegalArgumentException notHexadecimal) {
            // Its message could quote the secret, if someone configured that instead of the hash.
        }
        problems.add(property + " is not a SHA-256: it must have 64 hexadecimal digits");
        return UNKNOWN_CALLER_HASH;
    }

    private static Set<Role> roles(String id, CallersConfig.Entry entry, List<String> problems) {
        String property = PREFIX + id + ".roles";
        Set<Role> roles = EnumSet.noneOf(Role.class);
        for (String name : entry.roles().orElse(List.of())) {
            Optional<Role> role = Role.parse(name.trim());
            role.ifPresentOrElse(
                    roles::add,
                    () -> problems.add(property + " names the unknown role \"" + name + "\": use " + Role.names()));
        }
        if (entry.roles().orElse(List.of()).isEmpty()) {
            problems.add(property + " is not set: use " + Role.names());
        }
        return roles;
    }

    /**
     * Authenticates a caller by its {@code Authorization} header.
     *
     * @param header the header's value, or null
     */
    public Optional<Caller> authenticate(@Nullable String header) {
        return BasicCredentials.parse(header).flatMap(this::check);
    }

    /**
     * Authenticates an OAuth client. As {@link #authenticate}, but the credentials may also be form-encoded (RFC 6749 section
     * 2.3.1), as some clients do.
     */
    public Optional<Caller> authenticateClient(@Nullable String header) {
        return BasicCredentials.parse(header).flatMap(credentials -> check(credentials)
                .or(() -> credentials.formDecoded().flatMap(this::check)));
    }

    /** Authenticates an OAuth client by the credentials in a form. */
    public Optional<Caller> authenticate(@Nullable String id, @Nullable String secret) {
        return id == null || secret == null ? Optional.empty() : check(new BasicCredentials(id, secret));
    }

    /** Why credentials that {@link #authenticate(String, String)} does not accept are refused. */
    public RefusedCallers.Refusal refusal(@Nullable String id, @Nullable String secret) {
        return refusal(id == null || secret == null ? Optional.empty() : Optional.of(new BasicCredentials(id, secret)));
    }

    /** Why a header that {@link #authenticate} or {@link #authenticateClient} does not accept is refused. */
    public RefusedCallers.Refusal refusal(@Nullable String header) {
        return refusal(BasicCredentials.parse(header));
    }

    private RefusedCallers.Refusal refusal(Optional<BasicCredentials> credentials) {
        if (credentials.isEmpty()) {
            return new RefusedCallers.Refusal(RefusedCallers.Reason.NO_CREDENTIALS, null);
        }
        return credentials
                .map(BasicCredentials::id)
                .filter(entries::containsKey)
                .or(() -> credentials
                        .get()
                        .formDecoded()
                        .map(BasicCredentials::id)
                        .filter(entries::containsKey))
                .map(id -> new RefusedCallers.Refusal(RefusedCallers.Reason.WRONG_SECRET, id))
                .orElseGet(() -> new RefusedCallers.Refusal(RefusedCallers.Reason.UNKNOWN_CALLER, null));
    }

    private Optional<Caller> check(BasicCredentials credentials) {
        Entry entry = entries.get(credentials.id());
        byte[] presented = Sha256.hash(credentials.secret().getBytes(StandardCharsets.UTF_8));
        boolean isFirst = MessageDigest.isEqual(entry == null ? UNKNOWN_CALLER_HASH : entry.firstHash, presented);
        boolean isSecond = MessageDigest.isEqual(entry == null ? UNKNOWN_CALLER_HASH : entry.secondHash, presented);
        return (isFirst || isSecond) && entry != null ? Optional.of(entry.caller) : Optional.empty();
    }
}
