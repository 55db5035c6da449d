package dev.tokencache.caller;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The programs that may call the API. Immutable and thread-safe. */
public final class Callers {

    private static final String PREFIX = "tokencache.callers.";
    private static final int HASH_BYTES = 32;

    /** Stands in for an unknown caller, so that its refusal costs the same work; no secret is known to hash to it. */
    private static final byte[] NOBODYS_HASH = new byte[HASH_BYTES];

    private static final class Entry {
        final Caller caller;
        final byte[] secretHash;

        Entry(Caller caller, byte[] secretHash) {
            this.caller = caller;
            this.secretHash = secretHash;
        }
    }

    private final Map<String, Entry> entries;

    private Callers(Map<String, Entry> entries) {
        this.entries = Map.copyOf(entries);
    }

    /**
     * The callers that a configuration names.
     *
     * @throws IllegalArgumentException naming every property that is missing or wrong
     */
    public static Callers from(CallersConfig config) {
        if (config.byId().isEmpty()) {
            throw new IllegalArgumentException(
                    PREFIX + "<id>.secret-sha256 is not set: there is no caller that could use the API");
        }
        List<String> problems = new ArrayList<>();
        Map<String, Entry> entries = new HashMap<>();
        config.byId().forEach((id, entry) -> {
            byte[] hash = secretHash(id, entry, problems);
            Set<Role> roles = roles(id, entry, problems);
            if (id.contains(":")) {
                problems.add(PREFIX + id + ": an id can hold no colon (RFC 7617)");
            }
            entries.put(id, new Entry(new Caller(id, roles), hash));
        });
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException(String.join("; ", problems));
        }
        return new Callers(entries);
    }

    private static byte[] secretHash(String id, CallersConfig.Entry entry, List<String> problems) {
        String property = PREFIX + id + ".secret-sha256";
        if (entry.secretSha256().isEmpty()) {
            problems.add(property + " is not set");
            return NOBODYS_HASH;
        }
        try {
            byte[] hash = HexFormat.of().parseHex(entry.secretSha256().get().trim());
            if (hash.length == HASH_BYTES) {
                return hash;
            }
        } catch (IllegalArgumentException notHexadecimal) {
            // Falls through without its message, which could quote the secret if someone put that here.
        }
        problems.add(property + " is no SHA-256: it must have 64 hexadecimal digits");
        return NOBODYS_HASH;
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
     * The caller that an {@code Authorization} header proves, if any.
     *
     * @param header the header's value, or null if there is none
     */
    public Optional<Caller> authenticate(@Nullable String header) {
        return BasicCredentials.parse(header).flatMap(this::check);
    }

    /**
     * As {@link #authenticate}, for an OAuth endpoint: the credentials may also be form-encoded before they are put
     * into the header (RFC 6749 section 2.3.1), as some clients do and some do not.
     */
    public Optional<Caller> authenticateClient(@Nullable String header) {
        return BasicCredentials.parse(header).flatMap(credentials -> check(credentials)
                .or(() -> credentials.formDecoded().flatMap(this::check)));
    }

    private Optional<Caller> check(BasicCredentials credentials) {
        Entry entry = entries.get(credentials.id());
        byte[] expected = entry == null ? NOBODYS_HASH : entry.secretHash;
        boolean matches = MessageDigest.isEqual(expected, sha256(credentials.secret()));
        return matches && entry != null ? Optional.of(entry.caller) : Optional.empty();
    }

    private static byte[] sha256(String secret) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
