package dev.tokencache.audit;

import dev.tokencache.token.RoutingTag;
import dev.tokencache.token.TokenId;
import dev.tokencache.token.TokenLocator;
import java.util.Optional;

/**
 * The target of an action, as a field of the audit line. It reveals no token and no subject; the value is base64url.
 *
 * @param name the field's name; empty for {@link #NOTHING}
 */
public record AuditTarget(String name, String value) {

    /** No identifiable token or subject. */
    public static final AuditTarget NOTHING = new AuditTarget("", "");

    public static AuditTarget of(TokenId id) {
        return new AuditTarget("jti", id.text());
    }

    /** A subject, as the 16 characters that the {@code jti} of each of its tokens starts with. */
    public static AuditTarget of(RoutingTag subject) {
        return new AuditTarget("subject", subject.value());
    }

    /** A token. A foreign one appears as the 24 characters that its {@code jti} ends with, since the rest is not known yet. */
    public static AuditTarget of(Optional<TokenLocator> token) {
        if (token.isEmpty()) {
            return NOTHING;
        }
        TokenLocator plain = token.get().plain();
        return plain instanceof TokenLocator.ById byId
                ? of(byId.id())
                : new AuditTarget("hash", plain.hash().text());
    }

    public static AuditTarget ofPhase(String phase) {
        return new AuditTarget("phase", phase);
    }

    /** @param drill its id, or its type if it has not started */
    public static AuditTarget ofDrill(String drill) {
        return new AuditTarget("drill", drill);
    }

    boolean isNothing() {
        return name.isEmpty();
    }
}
