package dev.tokencache.audit;

import dev.tokencache.token.RoutingTag;
import dev.tokencache.token.TokenId;
import dev.tokencache.token.TokenLocator;
import java.util.Optional;

/**
 * What an action was done to: names that reveal no token and no subject, made of base64url alone.
 *
 * @param name what kind of name it is; empty if there is none
 * @param value the name
 */
public record AuditTarget(String name, String value) {

    /** No token or subject that could be named. */
    public static final AuditTarget NOTHING = new AuditTarget("", "");

    public static AuditTarget of(TokenId id) {
        return new AuditTarget("jti", id.text());
    }

    /** The subject, by the 16 characters that the {@code jti} of each of its tokens starts with. */
    public static AuditTarget of(RoutingTag subject) {
        return new AuditTarget("subject", subject.value());
    }

    /** Another system's token by the 24 characters that its {@code jti} ends with, since nobody looked up the rest. */
    public static AuditTarget of(Optional<TokenLocator> token) {
        if (token.isEmpty()) {
            return NOTHING;
        }
        TokenLocator plain = token.get().plain();
        return plain instanceof TokenLocator.ById byId
                ? of(byId.id())
                : new AuditTarget("hash", plain.hash().text());
    }

    /** The phase of a migration that was asked for. */
    public static AuditTarget ofPhase(String phase) {
        return new AuditTarget("phase", phase);
    }

    boolean isNothing() {
        return name.isEmpty();
    }
}
