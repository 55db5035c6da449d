package dev.tokencache.store.revocation;

import dev.tokencache.token.RoutingTag;
import dev.tokencache.token.TokenHash;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * The pub/sub channel of revocations and its message format: {@code t} and a token's hash, or {@code s} and a subject's
 * routing tag, followed by the time of publishing in milliseconds since the epoch. Pure.
 */
public final class RevocationChannel {

    /** Published before each subscription to check the user's permission. Listeners ignore it. */
    static final byte[] HELLO = {'h'};

    private static final char TOKEN = 't';
    private static final char SUBJECT = 's';

    private final String name;

    /** @param keyPrefix the prefix of the service's keys, and of its channel */
    public RevocationChannel(String keyPrefix) {
        this.name = keyPrefix + "revoked";
    }

    String name() {
        return name;
    }

    public byte[] bytes() {
        return name.getBytes(StandardCharsets.UTF_8);
    }

    record Message(Revocation revocation, long publishedAtMillis) {}

    public static byte[] message(Revocation revocation, long nowMillis) {
        String what = revocation instanceof Revocation.OfToken ofToken
                ? TOKEN + ofToken.token().text()
                : SUBJECT + ((Revocation.OfSubject) revocation).subject().value();
        return (what + nowMillis).getBytes(StandardCharsets.US_ASCII);
    }

    /** Whether a message is the permission check of a subscriber. */
    static boolean isHello(String message) {
        return !message.isEmpty() && message.charAt(0) == HELLO[0];
    }

    /** Parses a message. Returns empty if it is malformed or of a later version. */
    static Optional<Message> parse(String message) {
        try {
            return switch (message.isEmpty() ? ' ' : message.charAt(0)) {
                case TOKEN ->
                    Optional.of(new Message(
                            new Revocation.OfToken(TokenHash.ofText(message.substring(1, 1 + TokenHash.TEXT_LENGTH))),
                            Long.parseLong(message.substring(1 + TokenHash.TEXT_LENGTH))));
                case SUBJECT ->
                    Optional.of(new Message(
                            new Revocation.OfSubject(new RoutingTag(message.substring(1, 1 + RoutingTag.TEXT_LENGTH))),
                            Long.parseLong(message.substring(1 + RoutingTag.TEXT_LENGTH))));
                default -> Optional.empty();
            };
        } catch (IllegalArgumentException | IndexOutOfBoundsException malformed) {
            return Optional.empty();
        }
    }
}
