package dev.tokencache.http;

import dev.tokencache.audit.AuditEntry;
import dev.tokencache.audit.AuditEntry.Action;
import dev.tokencache.audit.AuditEntry.Result;
import dev.tokencache.audit.AuditLog;
import dev.tokencache.audit.AuditTarget;
import dev.tokencache.caller.Caller;
import dev.tokencache.token.Durability;
import dev.tokencache.token.InvalidRequestException;
import dev.tokencache.token.IssuedToken;
import dev.tokencache.token.Paging;
import dev.tokencache.token.RoutingTag;
import dev.tokencache.token.StoreUnavailableException;
import dev.tokencache.token.SubjectNotBefore;
import dev.tokencache.token.SubjectTokens;
import dev.tokencache.token.TokenId;
import dev.tokencache.token.TokenRequest;
import dev.tokencache.token.TokenService;
import dev.tokencache.token.TokenStore.Renewal;
import dev.tokencache.token.TokenString;
import dev.tokencache.token.TokenTakenException;
import dev.tokencache.token.Verdict;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The calls of {@link TokenService} that are audited: all except validations. A request that is refused before it calls the
 * service is not audited.
 */
@Singleton
public final class AuditedTokens {

    private final TokenService tokens;
    private final AuditLog log;

    public AuditedTokens(TokenService tokens, AuditLog log) {
        this.tokens = tokens;
        this.log = log;
    }

    public Uni<IssuedToken> create(TokenRequest request, Caller caller) {
        Uni<IssuedToken> call = tokens.create(request, caller.id());
        if (!log.isOn()) {
            return call;
        }
        AuditTarget subject = AuditTarget.of(RoutingTag.ofSubject(request.sub()));
        return call.onItem()
                .invoke(issued -> logCreated(issued, caller))
                .onFailure()
                .invoke(failure -> log.write(new AuditEntry(Action.CREATE, caller.id(), subject, result(failure))));
    }

    private void logCreated(IssuedToken issued, Caller caller) {
        Result result = result(issued.durability());
        log.write(new AuditEntry(
                Action.CREATE, caller.id(), AuditTarget.of(issued.token().id()), result));
        issued.evicted()
                .forEach(id -> log.write(new AuditEntry(Action.EVICT, caller.id(), AuditTarget.of(id), result)));
    }

    public Uni<Renewal> renew(TokenString token, OptionalLong expiresIn, Caller caller) {
        return audited(
                Action.RENEW, caller, () -> target(token), tokens.renew(token, expiresIn), AuditedTokens::result);
    }

    public Uni<Durability> expire(TokenString token, Caller caller) {
        return audited(Action.EXPIRE, caller, () -> target(token), tokens.expire(token), AuditedTokens::result);
    }

    public Uni<Durability> expire(TokenId id, Caller caller) {
        return audited(Action.EXPIRE, caller, () -> AuditTarget.of(id), tokens.expire(id), AuditedTokens::result);
    }

    public Uni<SubjectNotBefore> expireSubject(
            String sub, OptionalLong before, Optional<TokenId> except, Caller caller) {
        return audited(
                Action.EXPIRE_SUBJECT,
                caller,
                () -> subject(sub),
                tokens.expireSubject(sub, before, except),
                notBefore -> result(notBefore.durability()));
    }

    public Uni<Verdict> read(TokenId id, Caller caller) {
        return audited(Action.READ, caller, () -> AuditTarget.of(id), tokens.read(id), AuditedTokens::result);
    }

    public Uni<SubjectTokens> list(String sub, Paging paging, Caller caller) {
        return audited(Action.LIST, caller, () -> subject(sub), tokens.list(sub, paging), listed -> Result.DONE);
    }

    private <T> Uni<T> audited(
            Action action, Caller caller, Supplier<AuditTarget> target, Uni<T> call, Function<T, Result> result) {
        if (!log.isOn()) {
            return call;
        }
        AuditTarget named = target.get();
        return call.onItem()
                .invoke(item -> log.write(new AuditEntry(action, caller.id(), named, result.apply(item))))
                .onFailure()
                .invoke(failure -> log.write(new AuditEntry(action, caller.id(), named, result(failure))));
    }

    private AuditTarget target(TokenString token) {
        return AuditTarget.of(tokens.locate(token));
    }

    private static AuditTarget subject(String sub) {
        return AuditTarget.of(RoutingTag.ofSubject(sub));
    }

    private static Result result(Durability durability) {
        return switch (durability) {
            case AS_CONFIGURED -> Result.DONE;
            case UNDER_REPLICATED -> Result.UNDER_REPLICATED;
            case JOURNALED -> Result.JOURNALED;
        };
    }

    private static Result result(Renewal renewal) {
        if (renewal instanceof Renewal.Renewed renewed) {
            return result(renewed.durability());
        }
        return renewal instanceof Renewal.NotActive ? Result.INACTIVE : Result.REFUSED;
    }

    private static Result result(Verdict verdict) {
        if (verdict instanceof Verdict.Active) {
            return Result.DONE;
        }
        return verdict instanceof Verdict.Inactive ? Result.INACTIVE : Result.UNKNOWN;
    }

    private static Result result(Throwable failure) {
        if (failure instanceof TokenTakenException) {
            return Result.TAKEN;
        }
        if (failure instanceof InvalidRequestException) {
            return Result.REFUSED;
        }
        return failure instanceof StoreUnavailableException ? Result.UNKNOWN : Result.FAILED;
    }
}
