package dev.tokencache.operator.console;

import dev.tokencache.caller.Caller;
import dev.tokencache.caller.Role;
import dev.tokencache.http.AuditedTokens;
import dev.tokencache.token.Audience;
import dev.tokencache.token.Durability;
import dev.tokencache.token.InvalidRequestException;
import dev.tokencache.token.Paging;
import dev.tokencache.token.SubjectTokens;
import dev.tokencache.token.Token;
import dev.tokencache.token.TokenId;
import io.quarkus.qute.TemplateInstance;
import io.smallrye.mutiny.Uni;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** The tokens of a subject, and forms that expire one, all, or all but one. The caller also needs the role {@code revoke}. */
final class SubjectPage extends Page {

    private static final int ROWS = 50;

    /**
     * @param sub empty before a subject is chosen
     * @param mayRevoke whether the caller may use the forms
     * @param next the address of the next page of tokens; empty on the last
     */
    record View(String sub, @Nullable Instant notBefore, List<Row> tokens, boolean mayRevoke, String next) {}

    /** @param lastSeen null if the token has no idle timeout: its use is not recorded */
    record Row(
            String jti,
            Instant created,
            Instant expires,
            @Nullable Instant lastSeen,
            String client,
            String scope,
            String audience,
            String claims) {}

    private final AuditedTokens tokens;

    SubjectPage(AuditedTokens tokens) {
        super("subject", "Subject");
        this.tokens = tokens;
    }

    @Override
    Uni<TemplateInstance> whole(Visit visit) {
        boolean mayRevoke = visit.caller().may(Role.REVOKE);
        Optional<String> sub = visit.query("sub");
        if (sub.isEmpty()) {
            return Uni.createFrom()
                    .item(() -> Templates.subject(visit.frame(), new View("", null, List.of(), mayRevoke, "")));
        }
        return tokens.list(sub.get(), paging(visit), visit.caller())
                .map(listed -> Templates.subject(visit.frame(), view(sub.get(), listed, mayRevoke)));
    }

    /** The tokens are read once: a list that changes under the hand makes people expire the wrong one. */
    @Override
    Uni<TemplateInstance> live() {
        return Uni.createFrom().nothing();
    }

    private static Paging paging(Visit visit) {
        return new Paging(ROWS, visit.query("next").map(text -> Paging.Position.parse(text)
                .orElseThrow(() -> new InvalidRequestException("next", "is not an address of this page"))));
    }

    private static View view(String sub, SubjectTokens listed, boolean mayRevoke) {
        return new View(
                sub,
                listed.notBeforeMillis().isPresent()
                        ? Instant.ofEpochMilli(listed.notBeforeMillis().getAsLong())
                        : null,
                listed.tokens().stream().map(SubjectPage::row).toList(),
                mayRevoke,
                listed.next()
                        .map(next -> "subject?sub=" + ConsoleRoutes.encoded(sub) + "&next=" + next.text())
                        .orElse(""));
    }

    private static Row row(Token token) {
        Audience audience = token.aud();
        return new Row(
                token.id().text(),
                Instant.ofEpochMilli(token.issuedAtMillis()),
                Instant.ofEpochMilli(token.endMillis()),
                token.idleTimeout() == 0 ? null : Instant.ofEpochMilli(token.lastSeenMillis()),
                token.clientId(),
                token.scope() == null ? "" : token.scope(),
                audience == null ? "" : String.join(" ", audience.values()),
                token.claims() == null ? "" : token.claims().toString());
    }

    @Override
    List<Action> actions() {
        return List.of(
                new Action("subject/expire-token", Role.REVOKE, this::expireToken),
                new Action("subject/expire-others", Role.REVOKE, this::expireOthers),
                new Action("subject/expire-all", Role.REVOKE, this::expireAll));
    }

    private Uni<Action.Done> expireToken(Form form, Caller caller) {
        form.requireConfirmation("expire");
        String sub = form.required("sub");
        return tokens.expire(jti(form), caller).map(durability -> done(sub, durability, Notice.TOKEN_EXPIRED));
    }

    private Uni<Action.Done> expireOthers(Form form, Caller caller) {
        String sub = form.required("sub");
        form.requireConfirmation(sub);
        return tokens.expireSubject(sub, OptionalLong.empty(), Optional.of(jti(form)), caller)
                .map(notBefore -> done(sub, notBefore.durability(), Notice.OTHERS_EXPIRED));
    }

    private Uni<Action.Done> expireAll(Form form, Caller caller) {
        String sub = form.required("sub");
        form.requireConfirmation(sub);
        return tokens.expireSubject(sub, OptionalLong.empty(), Optional.empty(), caller)
                .map(notBefore -> done(sub, notBefore.durability(), Notice.SUBJECT_EXPIRED));
    }

    private static TokenId jti(Form form) {
        return TokenId.parse(form.required("jti"))
                .orElseThrow(() -> new InvalidRequestException("jti", "must be one of the list"));
    }

    private static Action.Done done(String sub, Durability durability, Notice asConfigured) {
        Notice notice =
                switch (durability) {
                    case AS_CONFIGURED -> asConfigured;
                    case UNDER_REPLICATED -> Notice.UNDER_REPLICATED;
                    case JOURNALED -> Notice.JOURNALED;
                };
        return new Action.Done("subject", Map.of("sub", sub), notice);
    }
}
