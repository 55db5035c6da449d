package dev.tokencache.simulation;

import dev.tokencache.token.IssuedToken;
import dev.tokencache.token.Paging;
import dev.tokencache.token.SubjectTokens;
import dev.tokencache.token.Token;
import dev.tokencache.token.TokenRequest;
import dev.tokencache.token.TokenStore.Renewal;
import dev.tokencache.token.TokenString;
import dev.tokencache.token.Verdict;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Makes single calls to an instance, passes their results to the oracle, and checks that each ends in time. */
final class Calls {

    /** A read has one deadline; a write may need several calls of the store, each with its own. */
    private static final Duration MAX_READ = Duration.ofMillis(2200);

    private static final Duration MAX_WRITE = Duration.ofMillis(6600);

    private final World world;
    private final Oracle oracle;
    private long count;
    private long fullServiceSince = Long.MAX_VALUE;

    Calls(World world, Oracle oracle) {
        this.world = world;
        this.oracle = oracle;
    }

    /** From now on, every call must have a known result. */
    void expectFullService() {
        fullServiceSince = now();
    }

    boolean isFullServiceExpected() {
        return fullServiceSince <= now();
    }

    /** From now on, calls may fail. */
    void expectFaults() {
        fullServiceSince = Long.MAX_VALUE;
    }

    /** How many calls there were. */
    long count() {
        return count;
    }

    private long now() {
        return world.time().nanoTime();
    }

    void create(SimulatedService service, Subject subject, TokenRequest request, Consumer<KnownToken> onCreated) {
        long startedAt = now();
        String name = "token-" + count;
        run(
                service,
                "create " + name + " of " + subject.name(),
                MAX_WRITE,
                service.tokens().create(request, "client"),
                issued -> {
                    KnownToken token = new KnownToken(world, name, subject, issued, startedAt, now());
                    onCreated.accept(token);
                },
                Calls::text);
    }

    private static String text(IssuedToken issued) {
        Token token = issued.token();
        return issued.durability() + " exp=" + token.expiresAt() + " max=" + token.renewableUntil()
                + (token.idleTimeout() == 0 ? "" : " idle=" + token.idleTimeout());
    }

    void validate(SimulatedService service, KnownToken token) {
        Validation validation =
                oracle.validationStarted(token, service.process().name());
        run(
                service,
                "validate " + token.name(),
                MAX_READ,
                service.tokens().validate(token.issued().string()),
                verdict -> {
                    oracle.validated(token, verdict, validation);
                    checkKnown(token.name(), verdict, validation.startedAt());
                },
                Calls::text);
    }

    private void checkKnown(String name, Verdict verdict, long startedAt) {
        if (verdict instanceof Verdict.Unknown && startedAt >= fullServiceSince) {
            oracle.violated(name + " is unknown after all faults have ended");
        }
    }

    private static String text(Verdict verdict) {
        return verdict instanceof Verdict.Active active
                ? "ACTIVE " + active.basis()
                : verdict instanceof Verdict.Inactive ? "INACTIVE" : verdict.toString();
    }

    /** Validates many tokens with one call, and a string that is no token. */
    void validateAll(SimulatedService service, List<KnownToken> tokens, TokenString foreign) {
        long startedAt = now();
        List<Validation> validations = tokens.stream()
                .map(token -> oracle.validationStarted(token, service.process().name()))
                .toList();
        List<TokenString> strings = new ArrayList<>();
        tokens.forEach(token -> strings.add(token.issued().string()));
        strings.add(foreign);
        run(
                service,
                "validate " + tokens.stream().map(KnownToken::name).toList() + " and " + foreign.value(),
                MAX_READ,
                service.tokens().validate(strings),
                verdicts -> {
                    for (int i = 0; i < tokens.size(); i++) {
                        oracle.validated(tokens.get(i), verdicts.get(i), validations.get(i));
                        checkKnown(tokens.get(i).name(), verdicts.get(i), startedAt);
                    }
                    oracle.validatedForeign(foreign.value(), verdicts.get(tokens.size()));
                },
                verdicts -> verdicts.stream().map(Calls::text).toList().toString());
    }

    /** Validates a string that was never issued. */
    void validateForeign(SimulatedService service, TokenString string) {
        long startedAt = now();
        run(
                service,
                "validate " + string.value(),
                MAX_READ,
                service.tokens().validate(string),
                verdict -> {
                    oracle.validatedForeign(string.value(), verdict);
                    checkKnown(string.value(), verdict, startedAt);
                },
                Calls::text);
    }

    void read(SimulatedService service, KnownToken token) {
        long startedAt = now();
        run(
                service,
                "read " + token.name(),
                MAX_READ,
                service.tokens().read(token.issued().token().id()),
                verdict -> {
                    oracle.read(token, verdict, startedAt);
                    checkKnown(token.name(), verdict, startedAt);
                },
                Calls::text);
    }

    /** Reads all pages of a subject's tokens. */
    void list(SimulatedService service, Subject subject, int limit) {
        list(service, subject, new Paging(limit, Optional.empty()), now(), new ArrayList<>());
    }

    private void list(SimulatedService service, Subject subject, Paging paging, long startedAt, List<Token> listed) {
        run(
                service,
                "list " + subject.name(),
                MAX_READ,
                service.tokens().list(subject.name(), paging),
                page -> {
                    listed.addAll(page.tokens());
                    page.next()
                            .ifPresentOrElse(
                                    next -> list(
                                            service,
                                            subject,
                                            new Paging(paging.limit(), Optional.of(next)),
                                            startedAt,
                                            listed),
                                    () -> oracle.listed(subject, listed, startedAt));
                },
                Calls::text);
    }

    private static String text(SubjectTokens page) {
        return page.tokens().stream().map(token -> token.id().toString()).collect(Collectors.joining(" "))
                + page.next().map(next -> " …").orElse("");
    }

    /** @param onFailure called if it fails, also below for expiries */
    void renew(SimulatedService service, KnownToken token, OptionalLong lifetime, Runnable onFailure) {
        TokenEnd.Setting renewal = token.end().renewalStarted(lifetime);
        run(
                service,
                "renew " + token.name() + (lifetime.isPresent() ? " for " + lifetime.getAsLong() + " s" : ""),
                MAX_WRITE,
                service.tokens().renew(token.issued().string(), lifetime),
                result -> oracle.renewed(token, renewal, result),
                Calls::text,
                onFailure);
    }

    private static String text(Renewal renewal) {
        return renewal instanceof Renewal.Renewed renewed
                ? renewed.durability() + " exp=" + renewed.token().expiresAt()
                : renewal.getClass().getSimpleName();
    }

    void expire(SimulatedService service, KnownToken token, Runnable onAcknowledged, Runnable onFailure) {
        Expiry expiry = oracle.expiryStarted(token, service.process().name());
        run(
                service,
                "expire " + token.name(),
                MAX_WRITE,
                service.tokens().expire(token.issued().string()),
                durability -> {
                    oracle.acknowledged(expiry, durability);
                    onAcknowledged.run();
                },
                Object::toString,
                () -> {
                    oracle.failed(expiry);
                    onFailure.run();
                });
    }

    /** @param kept the token to keep, if there is one */
    void expire(SimulatedService service, Subject subject, @Nullable KnownToken kept, Runnable onFailure) {
        Expiry expiry = oracle.expiryStarted(subject, kept, service.process().name());
        run(
                service,
                "expire " + subject.name() + (kept == null ? "" : " except " + kept.name()),
                MAX_WRITE,
                service.tokens()
                        .expireSubject(
                                subject.name(),
                                OptionalLong.empty(),
                                Optional.ofNullable(kept)
                                        .map(token -> token.issued().token().id())),
                notBefore -> oracle.acknowledged(expiry, notBefore.durability()),
                notBefore -> notBefore.durability().toString(),
                () -> {
                    oracle.failed(expiry);
                    onFailure.run();
                });
    }

    private <T> void run(
            SimulatedService service,
            String what,
            Duration limit,
            Uni<T> call,
            Consumer<T> onResult,
            Function<T, String> text) {
        run(service, what, limit, call, onResult, text, () -> {});
    }

    /** Runs a call, and checks that it ends in time unless its instance is paused, and has a result after all faults. */
    private <T> void run(
            SimulatedService service,
            String what,
            Duration limit,
            Uni<T> call,
            Consumer<T> onResult,
            Function<T, String> text,
            Runnable onFailure) {
        long number = ++count;
        long startedAt = now();
        String name = service.process().name() + ": " + what + " (call " + number + ")";
        int pauses = service.process().pauses();
        boolean[] isOver = {false};
        service.process().schedule(limit, () -> {
            if (!isOver[0] && pauses == service.process().pauses()) {
                oracle.violated(name + " has no result after " + limit.toMillis() + " ms");
            }
        });
        call.subscribe()
                .with(
                        result -> {
                            isOver[0] = true;
                            world.log(name + " -> " + text.apply(result));
                            onResult.accept(result);
                        },
                        failure -> {
                            isOver[0] = true;
                            onFailure.run();
                            world.log(name + " -> " + failure + ", " + failure.getCause());
                            if (startedAt >= fullServiceSince) {
                                oracle.violated(name + " fails after all faults have ended: " + failure);
                            }
                        });
    }
}
