package dev.tokencache;

import dev.tokencache.caller.Callers;
import dev.tokencache.caller.CallersConfig;
import dev.tokencache.token.TokenConfig;
import dev.tokencache.token.TokenService;
import dev.tokencache.token.TokenStore;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Clock;

/** Puts the service together: the one place that knows every part. Nobody imports it. */
final class Wiring {

    @Produces
    @Singleton
    Clock clock() {
        return Clock.systemUTC();
    }

    @Produces
    @Singleton
    Callers callers(CallersConfig config) {
        return Callers.from(config);
    }

    @Produces
    @Singleton
    TokenService tokenService(TokenStore store, TokenConfig config, Clock clock) {
        return new TokenService(store, config, clock, nonBlockingRandom());
    }

    /** A generator that never waits for the system's entropy, since it is asked on event loops. */
    private static SecureRandom nonBlockingRandom() {
        try {
            return SecureRandom.getInstance("NativePRNGNonBlocking");
        } catch (NoSuchAlgorithmException notOnThisPlatform) {
            // Seeded once, by the system.
            return new SecureRandom();
        }
    }
}
