package dev.tokencache.store.revocation;

import dev.tokencache.token.RoutingTag;
import dev.tokencache.token.TokenHash;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/**
 * The channel of revocations, and how they are spelled there: {@code t} and a token's hash, or {@code s} and a subject's
 * routing tag, and then when it was published, in milliseconds since the epoch. Pure.
 */
public final class RevocationChannel {

    /** Told before each subscription, to see whether this user may publish at all; means nothing to whoever hears it. */
    static final byte[] HELLO = {'h'};

    private static final char TOKEN = 't';
    private static final char SUBJECT = 's';
    private static final int HASH_LENGTH = TokenHash.BYTES / 3 * 4;
    private static final int TAG_LENGTH = RoutingTag.BYTES / 3 * 4;

    private final String name;

    /** @param keyPrefix what the names of this service's keys start with, and so that of its channel */
    public RevocationChannel(String keyPrefix) {
        this.name = keyPrefix + "revoked";
    }

    String name() {
        return name;
    }

    /** The name of the channel as Redis takes it. */
    public byte[] bytes() {
        return name.getBytes(StandardCharsets.UTF_8);
    }

    /** What a message says. */
    record Message(Revocation revocation, long publishedAtMillis) {}

    /** A revocation as a message. */
    public static byte[] message(Revocation revocation, long nowMillis) {
        String what = revocation instanceof Revocation.OfToken ofToken
                ? TOKEN + ofToken.token().text()
                : SUBJECT + ((Revocation.OfSubject) revocation).subject().value();
        return (what + nowMillis).getBytes(StandardCharsets.US_ASCII);
    }

    /** Whether a message is no revocation. */
    static boolean isHello(String message) {
        return !message.isEmpty() && message.charAt(0) == HELLO[0];
    }

    /** What a message says, or empty if it is of a later version, or nobody knows what. */
    static Optional<Message> parse(String message) {
        try {
            return switch (message.isEmpty() ? ' ' : message.charAt(0)) {
                case TOKEN ->
                    Optional.of(new Message(
                            new Revocation.OfToken(TokenHash.ofBytes(
                                    Base64.getUrlDecoder().decode(message.substring(1, 1 + HASH_LENGTH)))),
                            Long.parseLong(message.substring(1 + HASH_LENGTH))));
                case SUBJECT ->
                    Optional.of(new Message(
                            new Revocation.OfSubject(new RoutingTag(message.substring(1, 1 + TAG_LENGTH))),
                            Long.parseLong(message.substring(1 + TAG_LENGTH))));
                default -> Optional.empty();
            };
        } catch (IllegalArgumentException | IndexOutOfBoundsException malformed) {
            return Optional.empty();
        }
    }
}
