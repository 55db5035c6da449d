package dev.tokencache.token;

import dev.tokencache.testing.MutableClock;
import dev.tokencache.testing.TokenSettings;
import dev.tokencache.token.TokenStore.NewToken;
import io.smallrye.mutiny.Uni;
import java.lang.reflect.Proxy;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Only a store that needs token strings receives them. */
class PresentedStringsTest {

    private static final TokenString OLD = new TokenString("legacy-session-0123456789");
    private static final TokenString FORGED =
            new TokenString("tc1_nPd9PsSGX4ISDYqi1O4oASNFZ4lAQUJDREVGR0hJSktMTU5PUFFSU5kKInAlccmlOvJlPOEe");

    private final List<Object> seen = new ArrayList<>();
    /** Records its arguments, and never replies. */
    private final TokenStore store = (TokenStore) Proxy.newProxyInstance(
            TokenStore.class.getClassLoader(), new Class<?>[] {TokenStore.class}, (proxy, method, arguments) -> {
                seen.add(arguments[0]);
                return Uni.createFrom().nothing();
            });

    private TokenService service(boolean presentsStrings) {
        return new TokenService(
                store,
                TokenSettings.usual(),
                new MutableClock(Instant.ofEpochMilli(1_700_000_000_123L)),
                new SecureRandom(),
                verdict -> {},
                presentsStrings);
    }

    private void call(TokenService service) {
        service.validate(OLD);
        service.validate(List.of(OLD, FORGED));
        service.renew(OLD, OptionalLong.empty());
        service.expire(OLD);
        service.create(
                new TokenRequest(
                        "alice",
                        OptionalLong.empty(),
                        OptionalLong.empty(),
                        OptionalLong.empty(),
                        null,
                        null,
                        null,
                        OLD),
                "login");
    }

    @Test
    void shouldPassStringsToAStoreThatNeedsThem() {
        call(service(true));

        TokenLocator presented = new TokenLocator.Presented(new TokenLocator.Foreign(OLD.hash()), OLD);
        assertThat(seen.subList(0, 4)).containsExactly(presented, List.of(presented), presented, presented);
        assertThat(((NewToken) seen.get(4)).string()).isEqualTo(OLD);
        assertThat(((NewToken) seen.get(4)).plain().string()).isNull();
    }

    @Test
    void shouldNotPassStringsToAnyOtherStore() {
        call(service(false));

        TokenLocator plain = new TokenLocator.Foreign(OLD.hash());
        assertThat(seen.subList(0, 4)).containsExactly(plain, List.of(plain), plain, plain);
        assertThat(((NewToken) seen.get(4)).string()).isNull();
    }

    @Test
    void shouldNotRevealStringsInToString() {
        call(service(true));

        assertThat(seen.toString()).doesNotContain(OLD.value());
    }

    @Test
    void shouldNotQueryTheStoreForAForgedToken() {
        service(true).validate(FORGED);

        assertThat(seen).isEmpty();
    }
}
