package dev.tokencache.devmode;

import dev.tokencache.token.Claims;
import dev.tokencache.token.Paging;
import dev.tokencache.token.StoreUnavailableException;
import dev.tokencache.token.TokenRequest;
import dev.tokencache.token.TokenService;
import io.quarkus.arc.profile.IfBuildProfile;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Tokens to look at in the cluster of dev mode. A subject that has, or had, tokens gets none: a live reload adds nothing. */
@Singleton
@IfBuildProfile("dev")
final class DemoTokens {

    private static final Logger LOG = Logger.getLogger(DemoTokens.class);

    private static final String EXPIRED = "mallory";

    /** After the observers that start the service. */
    private static final int LAST = 5000;

    /** The service connects to Redis after it has started. */
    private static final int RETRIES = 30;

    private record Login(String client, TokenRequest request) {}

    private final TokenService tokens;

    DemoTokens(TokenService tokens) {
        this.tokens = tokens;
    }

    void start(@Observes @Priority(LAST) StartupEvent event, DevConfig config) {
        if (config.cluster()) {
            create().onFailure(StoreUnavailableException.class)
                    .retry()
                    .withBackOff(Duration.ofMillis(100), Duration.ofSeconds(1))
                    .atMost(RETRIES)
                    .subscribe()
                    .with(created -> {}, failure -> LOG.warnf("Demo tokens not created: %s", failure));
        }
    }

    Uni<Void> create() {
        Login shop = login("shop", "alice", 28_800, 1800, "openid profile", "{\"email\":\"alice@mail.example\"}");
        Login wiki =
                login("wiki", "alice", 3600, 0, "openid", "{\"email\":\"alice@mail.example\",\"groups\":[\"staff\"]}");
        return create("alice", List.of(shop, wiki))
                .chain(() -> create("bob", List.of(login("shop", "bob", 28_800, 1800, "openid", null))))
                .chain(() -> create(EXPIRED, List.of(login("shop", EXPIRED, 28_800, 0, null, null))));
    }

    private static Login login(
            String client,
            String sub,
            long expiresIn,
            long idleTimeout,
            @Nullable String scope,
            @Nullable String claims) {
        return new Login(
                client,
                new TokenRequest(
                        sub,
                        OptionalLong.of(expiresIn),
                        OptionalLong.empty(),
                        idleTimeout == 0 ? OptionalLong.empty() : OptionalLong.of(idleTimeout),
                        scope,
                        null,
                        claims == null ? null : Claims.ofJson(claims.getBytes(StandardCharsets.UTF_8)),
                        null));
    }

    private Uni<Void> create(String sub, List<Login> logins) {
        return tokens.list(sub, Paging.FIRST).chain(known -> {
            if (!known.tokens().isEmpty() || known.notBeforeMillis().isPresent()) {
                return Uni.createFrom().voidItem();
            }
            Uni<Void> created = Multi.createFrom()
                    .iterable(logins)
                    .onItem()
                    .transformToUniAndConcatenate(login -> tokens.create(login.request(), login.client()))
                    .collect()
                    .asList()
                    .replaceWithVoid();
            return sub.equals(EXPIRED)
                    ? created.chain(() -> tokens.expireSubject(sub, OptionalLong.empty(), Optional.empty()))
                            .replaceWithVoid()
                    : created;
        });
    }
}
