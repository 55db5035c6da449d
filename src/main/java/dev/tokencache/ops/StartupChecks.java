package dev.tokencache.ops;

import dev.tokencache.caller.Callers;
import dev.tokencache.identity.SignedIdentities;
import dev.tokencache.logout.LogoutIssuers;
import dev.tokencache.seal.Seal;
import dev.tokencache.token.TokenService;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.configuration.ConfigurationException;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Provider;
import jakarta.interceptor.Interceptor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Stops the start of a service with an invalid configuration, in every profile, before the ports open. */
final class StartupChecks {

    static void check(
            @Observes @Priority(Interceptor.Priority.PLATFORM_BEFORE) StartupEvent starting,
            Provider<Callers> callers,
            Provider<TokenService> tokens,
            Provider<SignedIdentities.Configured> identities,
            Provider<LogoutIssuers> logouts,
            Provider<Seal> seal) {
        List<String> problems = problems(List.of(callers, tokens, identities, logouts, seal));
        if (!problems.isEmpty()) {
            // Quarkus logs only the message of this exception, without a stack trace.
            throw new ConfigurationException(String.join("; ", problems));
        }
    }

    /** The problems of the beans that cannot be created; empty if all can. */
    static List<String> problems(List<Provider<?>> parts) {
        List<String> problems = new ArrayList<>();
        for (Provider<?> part : parts) {
            problemWith(part).ifPresent(problems::add);
        }
        // A part may need another one that is invalid.
        return problems.stream().distinct().toList();
    }

    private static Optional<String> problemWith(Provider<?> part) {
        try {
            part.get();
            return Optional.empty();
        } catch (RuntimeException failure) {
            for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
                if (cause instanceof IllegalArgumentException illegal) {
                    return Optional.of(String.valueOf(illegal.getMessage()));
                }
            }
            throw failure;
        }
    }
}
