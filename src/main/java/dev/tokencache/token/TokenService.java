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
 * Creates, validates, renews and expires tokens. Every HTTP interface calls this class.
 *
 * <p>Thread-safe and non-blocking. A write whose outcome is unknown fails with {@link StoreUnavailableException}. A request
 * that violates a rule fails with {@link InvalidRequestException}.
 */
public final class TokenService {

    /** How often to issue a token whose subject is expired at the same moment. */
    private static final int ISSUE_ATTEMPTS = 3;

    private final TokenStore store;
    private volatile TokenKeys keys;
    private final TokenPolicy policy;
    private final Clock clock;
    private final int maxPerSubject;
    private final boolean acceptsForeign;
    private final SecureRandom random;
    private final Consumer<Verdict> verdicts;
    private final boolean presentsStrings;

    /** Validates the tokens that it has signed; null except during the warm-up. */
    private volatile @Nullable TokenService rehearsal;

    /**
     * @param verdicts receives the verdict of each validation, for metrics; must not block
     * @throws IllegalArgumentException naming the property, if the configuration is invalid
     * @param presentsStrings whether the store finds tokens by their strings and gets {@link TokenLocator.Presented}; no
     *     other store ever receives a string
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
        this.maxPerSubject = config.maxPerSubject();
        this.acceptsForeign = config.foreign();
        this.clock = clock;
        this.random = random;
        this.verdicts = verdicts;
        this.presentsStrings = presentsStrings;
    }

    /** Replaces the keys. A call that has read them completes with the old ones. */
    public void use(TokenKeys changed) {
        keys = changed;
    }

    /**
     * Leaves the validation of the tokens that another service has signed to that service, so that they can be sent through
     * every interface and do not count.
     *
     * @param other null to end this
     */
    public void rehearse(@Nullable TokenService other) {
        rehearsal = other;
    }

    private boolean hasSigned(TokenString token) {
        return !token.isForeign() && token.locate(keys, now()).isPresent();
    }

    /** Creates a token. Fails with {@link TokenTakenException} if the caller's string belongs to an active token. */
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
        IssuedToken issued = newToken(request, lifetimes, clientId, nowMillis);
        TokenString presented = presentsStrings ? issued.string() : null;
        return store.create(new NewToken(issued.token(), foreignNonce, presented, maxPerSubject))
                .chain(creation -> {
                    if (creation instanceof Creation.Taken) {
                        return Uni.createFrom().failure(new TokenTakenException());
                    }
                    if (creation instanceof Creation.IssuedTooEarly tooEarly) {
                        // It was expired in this millisecond, or by an instance whose clock is ahead.
                        long later = tooEarly.notBeforeMillis() + 1;
                        return attempts > 1 && later <= Token.latestIssueMillis(clock.millis())
                                ? issue(request, lifetimes, clientId, foreignNonce, later, attempts - 1)
                                : Uni.createFrom()
                                        .failure(new StoreUnavailableException(
                                                "concurrent expiries, or one in the future"));
                    }
                    return Uni.createFrom()
                            .item(creation instanceof Creation.Created created ? issued.as(created) : issued);
                });
    }

    private IssuedToken newToken(
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

    /** Validates a token. Never fails: the verdict is unknown if the store is unreachable. */
    public Uni<Verdict> validate(TokenString token) {
        TokenService other = rehearsal;
        if (other != null && other.hasSigned(token)) {
            return other.validate(token);
        }
        Optional<TokenLocator> locator = locate(token, now());
        if (locator.isEmpty()) {
            verdicts.accept(Verdict.INACTIVE);
            return Uni.createFrom().item(Verdict.INACTIVE);
        }
        return store.validate(locator.get()).invoke(verdicts);
    }

    /** Validates many tokens. The verdicts are in the order of the tokens. */
    public Uni<List<Verdict>> validate(List<TokenString> tokens) {
        TokenService other = rehearsal;
        if (other != null && tokens.stream().allMatch(other::hasSigned)) {
            return other.validate(tokens);
        }
        long now = now();
        List<TokenLocator> queried = new ArrayList<>(tokens.size());
        boolean[] isQueried = new boolean[tokens.size()];
        for (int i = 0; i < tokens.size(); i++) {
            Optional<TokenLocator> locator = locate(tokens.get(i), now);
            isQueried[i] = locator.isPresent();
            locator.ifPresent(queried::add);
        }
        Uni<List<Verdict>> stored = queried.isEmpty() ? Uni.createFrom().item(List.of()) : store.validateAll(queried);
        return stored.map(answers -> merge(isQueried, answers)).invoke(merged -> merged.forEach(verdicts));
    }

    private static List<Verdict> merge(boolean[] isQueried, List<Verdict> answers) {
        List<Verdict> verdicts = new ArrayList<>(isQueried.length);
        int next = 0;
        for (boolean queried : isQueried) {
            verdicts.add(queried ? answers.get(next++) : Verdict.INACTIVE);
        }
        return verdicts;
    }

    /** Reads a token's record without restarting its idle timeout. */
    public Uni<Verdict> read(TokenId id) {
        return store.read(new TokenLocator.ById(id));
    }

    /** The locator of a token, to log it without its string. Empty if the string alone proves the token inactive. */
    public Optional<TokenLocator> locate(TokenString token) {
        return find(token, now());
    }

    /** Renews a token, for {@code expiresIn} seconds from now or its own lifetime, limited by its maximum expiry. */
    public Uni<Renewal> renew(TokenString token, OptionalLong expiresIn) {
        policy.checkRenewal(expiresIn);
        Optional<TokenLocator> locator = locate(token, now());
        return locator.isPresent()
                ? store.renew(locator.get(), expiresIn)
                : Uni.createFrom().item(Renewal.NOT_ACTIVE);
    }

    /** Makes a token inactive. Succeeds also if it already is. */
    public Uni<Durability> expire(TokenString token) {
        Optional<TokenLocator> locator = locate(token, now());
        return locator.isPresent()
                ? store.expire(locator.get(), clock.millis())
                : Uni.createFrom().item(Durability.AS_CONFIGURED);
    }

    /** Makes a token inactive, by its {@code jti}. */
    public Uni<Durability> expire(TokenId id) {
        return store.expire(new TokenLocator.ById(id), clock.millis());
    }

    /**
     * Expires all tokens of a subject that were issued up to a moment, in seconds since the epoch; empty for now. Keeps
     * the token {@code except} if it is an active one of the subject. Returns the not-before time.
     */
    public Uni<SubjectNotBefore> expireSubject(String sub, OptionalLong before, Optional<TokenId> except) {
        policy.checkSubject(sub);
        long now = now();
        if (before.isPresent() && (before.getAsLong() < 0 || before.getAsLong() > now)) {
            throw new InvalidRequestException("before", "must be from 0 to the present, in seconds since the epoch");
        }
        // The current second counts as now: a not-before time in the future would expire tokens yet to be created.
        OptionalLong past = before.isPresent() && before.getAsLong() < now
                ? OptionalLong.of(before.getAsLong() * 1000 + 999)
                : OptionalLong.empty();
        RoutingTag subject = RoutingTag.ofSubject(sub);
        return except.filter(kept -> kept.tag().equals(subject))
                .map(kept -> store.expireOthers(kept, past))
                .orElseGet(() -> store.expireSubject(subject, past));
    }

    /** Lists a page of a subject's active tokens. */
    public Uni<SubjectTokens> list(String sub, Paging paging) {
        policy.checkSubject(sub);
        return store.list(RoutingTag.ofSubject(sub), paging);
    }

    private Optional<TokenLocator> locate(TokenString token, long now) {
        Optional<TokenLocator> locator = find(token, now);
        return presentsStrings ? locator.map(plain -> new TokenLocator.Presented(plain, token)) : locator;
    }

    private Optional<TokenLocator> find(TokenString token, long now) {
        return acceptsForeign || !token.isForeign() ? token.locate(keys, now) : Optional.empty();
    }

    private long now() {
        return Math.floorDiv(clock.millis(), 1000L);
    }
}
