package dev.tokencache.token;

import dev.tokencache.token.TokenStore.Creation;
import dev.tokencache.token.TokenStore.NewToken;
import dev.tokencache.token.TokenStore.Renewal;
import io.smallrye.mutiny.Uni;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Creates, validates, renews and expires tokens: the one entry for every dialect that the service speaks.
 *
 * <p>Thread-safe; nothing here blocks. Every write can fail with {@link StoreUnavailableException}: its outcome is then
 * unknown. Requests that break a rule fail with {@link InvalidRequestException}.
 */
public final class TokenService {

    /** How often a token is issued anew because its subject was expired at just that moment. */
    private static final int ISSUE_ATTEMPTS = 3;

    private final TokenStore store;
    private final TokenKeys keys;
    private final TokenPolicy policy;
    private final Clock clock;
    private final SecureRandom random;
    private final Consumer<Verdict> verdicts;
    private final boolean presentsStrings;

    /**
     * @param verdicts told every verdict on a validation, to be counted; must not block
     * @throws IllegalArgumentException naming the property, if the configuration makes no sense
     */
    public TokenService(
            TokenStore store, TokenConfig config, Clock clock, SecureRandom random, Consumer<Verdict> verdicts) {
        this(store, config, clock, random, verdicts, false);
    }

    /**
     * As above.
     *
     * @param presentsStrings whether the store is one that finds tokens by their strings, so that it has to be handed them
     *     ({@link TokenLocator.Presented}); no other store may ever see one
     */
    public TokenService(
            TokenStore store,
            TokenConfig config,
            Clock clock,
            SecureRandom random,
            Consumer<Verdict> verdicts,
            boolean presentsStrings) {
        this.store = store;
        this.keys = TokenKeys.from(config);
        this.policy = new TokenPolicy(config);
        this.clock = clock;
        this.random = random;
        this.verdicts = verdicts;
        this.presentsStrings = presentsStrings;
    }

    /**
     * Creates a token.
     *
     * @param clientId the caller that creates it
     * @return fails with {@link TokenTakenException} if the caller's own token string is that of a live token
     */
    public Uni<IssuedToken> create(TokenRequest request, String clientId) {
        TokenPolicy.Lifetimes lifetimes = policy.check(request);
        String foreignNonce = request.token() == null ? null : Long.toUnsignedString(random.nextLong(), 36);
        return issue(request, lifetimes, clientId, foreignNonce, clock.millis(), ISSUE_ATTEMPTS);
    }

    private Uni<IssuedToken> issue(
            TokenRequest request,
            TokenPolicy.Lifetimes lifetimes,
            String clientId,
            @Nullable String foreignNonce,
            long nowMillis,
            int attempts) {
        IssuedToken issued = make(request, lifetimes, clientId, nowMillis);
        TokenString presented = presentsStrings ? issued.string() : null;
        return store.create(new NewToken(issued.token(), foreignNonce, presented))
                .chain(creation -> {
                    if (creation instanceof Creation.Taken) {
                        return Uni.createFrom().failure(new TokenTakenException());
                    }
                    if (creation instanceof Creation.IssuedTooEarly tooEarly) {
                        // The clock of whoever expired the subject is ahead of ours, or it was this very millisecond.
                        return attempts > 1
                                ? issue(
                                        request,
                                        lifetimes,
                                        clientId,
                                        foreignNonce,
                                        tooEarly.notBeforeMillis() + 1,
                                        attempts - 1)
                                : Uni.createFrom()
                                        .failure(new StoreUnavailableException(
                                                "the subject is being expired again and again"));
                    }
                    Durability durability = creation instanceof Creation.Created created
                            ? created.durability()
                            : Durability.AS_CONFIGURED;
                    return Uni.createFrom().item(issued.keptAs(durability));
                });
    }

    private IssuedToken make(
            TokenRequest request, TokenPolicy.Lifetimes lifetimes, String clientId, long issuedAtMillis) {
        long issuedAt = Math.floorDiv(issuedAtMillis, 1000L);
        long renewableUntil = issuedAt + lifetimes.maxLifetime();
        RoutingTag tag = RoutingTag.ofSubject(request.sub());
        TokenString own = request.token();
        TokenString string = own != null ? own : TokenString.mint(keys, random, tag, renewableUntil);
        Token token = new Token(
                new TokenId(tag, TokenHash.ofToken(string.value())),
                request.sub(),
                clientId,
                issuedAtMillis,
                issuedAt + lifetimes.lifetime(),
                renewableUntil,
                lifetimes.lifetime(),
                lifetimes.idleTimeout(),
                issuedAtMillis,
                request.scope(),
                request.aud(),
                request.claims());
        return new IssuedToken(string, token, Durability.AS_CONFIGURED);
    }

    /** Whether a token is good. Never fails: a store that could not be asked is an unknown verdict. */
    public Uni<Verdict> validate(TokenString token) {
        Optional<TokenLocator> locator = locate(token, now());
        if (locator.isEmpty()) {
            verdicts.accept(Verdict.INACTIVE);
            return Uni.createFrom().item(Verdict.INACTIVE);
        }
        return store.validate(locator.get()).invoke(verdicts);
    }

    /** As {@link #validate(TokenString)}, for many tokens, in their order. */
    public Uni<List<Verdict>> validate(List<TokenString> tokens) {
        long now = now();
        List<TokenLocator> asked = new ArrayList<>(tokens.size());
        boolean[] isAsked = new boolean[tokens.size()];
        for (int i = 0; i < tokens.size(); i++) {
            Optional<TokenLocator> locator = locate(tokens.get(i), now);
            isAsked[i] = locator.isPresent();
            locator.ifPresent(asked::add);
        }
        Uni<List<Verdict>> answers = asked.isEmpty() ? Uni.createFrom().item(List.of()) : store.validateAll(asked);
        return answers.map(answered -> merge(isAsked, answered)).invoke(merged -> merged.forEach(verdicts));
    }

    private static List<Verdict> merge(boolean[] isAsked, List<Verdict> answers) {
        List<Verdict> verdicts = new ArrayList<>(isAsked.length);
        int next = 0;
        for (boolean asked : isAsked) {
            verdicts.add(asked ? answers.get(next++) : Verdict.INACTIVE);
        }
        return verdicts;
    }

    /** What is kept of a token; does not count as a validation. */
    public Uni<Verdict> read(TokenId id) {
        return store.read(new TokenLocator.ById(id));
    }

    /** Where the record of a token must be, to name it without telling it; empty if the string alone is not good. */
    public Optional<TokenLocator> locate(TokenString token) {
        return token.locate(keys, now());
    }

    /**
     * Moves the end of a token.
     *
     * @param expiresIn seconds from now; empty for the lifetime it was created with, cut to its latest end
     */
    public Uni<Renewal> renew(TokenString token, OptionalLong expiresIn) {
        policy.checkRenewal(expiresIn);
        Optional<TokenLocator> locator = locate(token, now());
        return locator.isPresent()
                ? store.renew(locator.get(), expiresIn)
                : Uni.createFrom().item(Renewal.NOT_ACTIVE);
    }

    /** Makes a token inactive; succeeds also when it was so already. */
    public Uni<Durability> expire(TokenString token) {
        Optional<TokenLocator> locator = locate(token, now());
        return locator.isPresent()
                ? store.expire(locator.get(), clock.millis())
                : Uni.createFrom().item(Durability.AS_CONFIGURED);
    }

    /** As {@link #expire(TokenString)}, by the token's {@code jti}. */
    public Uni<Durability> expire(TokenId id) {
        return store.expire(new TokenLocator.ById(id), clock.millis());
    }

    /**
     * Makes all tokens of a subject inactive that were issued up to a moment.
     *
     * @param before that moment, in seconds since the epoch and inclusive; empty for now
     * @return the subject's mark
     */
    public Uni<SubjectNotBefore> expireSubject(String sub, OptionalLong before) {
        policy.checkSubject(sub);
        long now = now();
        if (before.isPresent() && (before.getAsLong() < 0 || before.getAsLong() > now)) {
            throw new InvalidRequestException("before", "must be from 0 to the present, in seconds since the epoch");
        }
        // The second that has not ended yet is "now": a mark in the future would reach tokens still to be created.
        OptionalLong past = before.isPresent() && before.getAsLong() < now
                ? OptionalLong.of(before.getAsLong() * 1000 + 999)
                : OptionalLong.empty();
        return store.expireSubject(RoutingTag.ofSubject(sub), past);
    }

    /** What is kept for a subject. */
    public Uni<SubjectTokens> list(String sub) {
        policy.checkSubject(sub);
        return store.list(RoutingTag.ofSubject(sub));
    }

    private Optional<TokenLocator> locate(TokenString token, long now) {
        Optional<TokenLocator> locator = token.locate(keys, now);
        return presentsStrings ? locator.map(plain -> new TokenLocator.Presented(plain, token)) : locator;
    }

    private long now() {
        return Math.floorDiv(clock.millis(), 1000L);
    }
}
