package dev.tokencache.operator.drill.live;

import dev.tokencache.operator.drill.TokenCalls;
import dev.tokencache.token.Durability;
import dev.tokencache.token.StoreUnavailableException;
import dev.tokencache.token.TokenRequest;
import dev.tokencache.token.TokenService;
import dev.tokencache.token.TokenStore.Renewal;
import dev.tokencache.token.TokenString;
import dev.tokencache.token.Verdict;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Context;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Calls the service in this process, below HTTP: without credentials of a caller, and without lines in the audit log.
 *
 * @param context the event loop of the calls
 */
record ServiceCalls(TokenService tokens, Context context) implements TokenCalls {

    private static final String CLIENT_ID = "drill";

    @Override
    public CompletionStage<Answer> call(Operation operation, String value) {
        return switch (operation) {
            case CREATE ->
                call(
                        () -> tokens.create(request(value), CLIENT_ID),
                        issued -> served(
                                true, issued.durability(), issued.string().value()));
            case VALIDATE -> call(() -> tokens.validate(new TokenString(value)), ServiceCalls::answer);
            case RENEW ->
                call(
                        () -> tokens.renew(new TokenString(value), OptionalLong.empty()),
                        renewal -> served(renewal instanceof Renewal.Renewed, Durability.AS_CONFIGURED, ""));
            case EXPIRE ->
                call(() -> tokens.expire(new TokenString(value)), durability -> served(false, durability, ""));
        };
    }

    private static TokenRequest request(String subject) {
        return new TokenRequest(
                subject, OptionalLong.empty(), OptionalLong.empty(), OptionalLong.empty(), null, null, null, null);
    }

    private static Answer answer(Verdict verdict) {
        boolean isStale = verdict instanceof Verdict.Active active && active.isStale();
        return verdict instanceof Verdict.Unknown
                ? Answer.without(Status.UNKNOWN, "")
                : new Answer(Status.SERVED, verdict instanceof Verdict.Active, true, isStale, "");
    }

    private static Answer served(boolean isActive, Durability durability, String token) {
        return new Answer(Status.SERVED, isActive, durability != Durability.UNDER_REPLICATED, false, token);
    }

    private <T> CompletionStage<Answer> call(Supplier<Uni<? extends T>> call, Function<T, Answer> answer) {
        CompletableFuture<Answer> answered = new CompletableFuture<>();
        context.runOnContext(here -> Uni.createFrom()
                .deferred(call)
                .map(answer)
                .onFailure()
                .recoverWithItem(failure -> Answer.without(
                        failure instanceof StoreUnavailableException ? Status.UNKNOWN : Status.FAILED, "an error"))
                .subscribe()
                .with(answered::complete));
        return answered;
    }
}
