package dev.tokencache.store.revocation;

import dev.tokencache.seal.Place;
import dev.tokencache.seal.Seal;
import dev.tokencache.token.RoutingTag;
import dev.tokencache.token.TokenHash;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * The pub/sub channel of revocations and its message format: {@code t} and a token's hash, or {@code s} and a subject's
 * routing tag, followed by the time of publishing in milliseconds since the epoch; or {@code e}, the encrypted routing tag, a
 * dot and that time. Pure.
 */
public final class RevocationChannel {

    /** Published before each subscription to check the user's permission. Listeners ignore it. */
    static final byte[] HELLO = {'h'};

    private static final char TOKEN = 't';
    private static final char SUBJECT = 's';
    private static final char ENCRYPTED_SUBJECT = 'e';

    private final String name;
    private final Seal seal;
    private final Place place;

    /**
     * @param keyPrefix the prefix of the service's keys, and of its channel
     * @param seal encrypts routing tags, which confirm a guessed subject
     */
    public RevocationChannel(String keyPrefix, Seal seal) {
        this.name = keyPrefix + "revoked";
        this.seal = seal;
        this.place = Place.ofMessage(bytes());
    }

    String name() {
        return name;
    }

    public byte[] bytes() {
        return name.getBytes(StandardCharsets.UTF_8);
    }

    record Message(Revocation revocation, long publishedAtMillis) {}

    public byte[] message(Revocation revocation, long nowMillis) {
        String what = revocation instanceof Revocation.OfToken ofToken
                ? TOKEN + ofToken.token().text()
                : subject(((Revocation.OfSubject) revocation).subject().value());
        return (what + nowMillis).getBytes(StandardCharsets.US_ASCII);
    }

    private String subject(String tag) {
        return seal.encrypt(tag, place)
                .map(encrypted -> ENCRYPTED_SUBJECT + encrypted + '.')
                .orElse(SUBJECT + tag);
    }

    /** Whether a message is the permission check of a subscriber. */
    static boolean isHello(String message) {
        return !message.isEmpty() && message.charAt(0) == HELLO[0];
    }

    /** Parses a message. Returns empty if it is malformed, of a later version, or encrypted with an unknown key. */
    Optional<Message> parse(String message) {
        try {
            return switch (message.isEmpty() ? ' ' : message.charAt(0)) {
                case TOKEN -> {
                    int end = 1 + TokenHash.TEXT_LENGTH;
                    yield message(new Revocation.OfToken(TokenHash.ofText(message.substring(1, end))), message, end);
                }
                case SUBJECT -> {
                    int end = 1 + RoutingTag.TEXT_LENGTH;
                    yield message(ofSubject(message.substring(1, end)), message, end);
                }
                case ENCRYPTED_SUBJECT -> {
                    int dot = message.indexOf('.');
                    yield message(ofSubject(seal.decrypt(message.substring(1, dot), place)), message, dot + 1);
                }
                default -> Optional.empty();
            };
        } catch (IllegalArgumentException | IndexOutOfBoundsException malformed) {
            return Optional.empty();
        }
    }

    private static Revocation ofSubject(String tag) {
        return new Revocation.OfSubject(new RoutingTag(tag));
    }

    private static Optional<Message> message(Revocation revocation, String message, int time) {
        return Optional.of(new Message(revocation, Long.parseLong(message.substring(time))));
    }
}
