package dev.tokencache.logout;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jose4j.jwa.AlgorithmConstraints;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.MalformedClaimException;
import org.jose4j.jwt.NumericDate;
import org.jose4j.jwt.consumer.ErrorCodes;
import org.jose4j.jwt.consumer.InvalidJwtException;
import org.jose4j.jwt.consumer.JwtConsumerBuilder;
import org.jose4j.jwt.consumer.JwtContext;
import org.jose4j.keys.resolvers.JwksVerificationKeyResolver;
import org.jose4j.lang.InvalidAlgorithmException;
import org.jose4j.lang.UnresolvableKeyException;

import static dev.tokencache.logout.LogoutIssuers.invalid;

/**
 * A provider that may log users out, and the rules for its tokens.
 *
 * @param id its name in the configuration
 */
record LogoutIssuer(String id, String issuer, String audience, ProviderKeys keys) {

    /** How far the clocks of the provider and of this service may be apart. */
    static final int CLOCK_SKEW_SECONDS = 60;

    private static final String EVENT = "http://schemas.openid.net/event/backchannel-logout";

    /** {@code typ}, if there is one: older providers write JWT. */
    private static final Set<String> TYPES = Set.of("logout+jwt", "application/logout+jwt", "jwt");

    /** No symmetric algorithm: its key would be public. */
    private static final AlgorithmConstraints ASYMMETRIC = new AlgorithmConstraints(
            AlgorithmConstraints.ConstraintType.PERMIT,
            AlgorithmIdentifiers.RSA_USING_SHA256,
            AlgorithmIdentifiers.RSA_USING_SHA384,
            AlgorithmIdentifiers.RSA_USING_SHA512,
            AlgorithmIdentifiers.RSA_PSS_USING_SHA256,
            AlgorithmIdentifiers.RSA_PSS_USING_SHA384,
            AlgorithmIdentifiers.RSA_PSS_USING_SHA512,
            AlgorithmIdentifiers.ECDSA_USING_P256_CURVE_AND_SHA256,
            AlgorithmIdentifiers.ECDSA_USING_P384_CURVE_AND_SHA384,
            AlgorithmIdentifiers.ECDSA_USING_P521_CURVE_AND_SHA512,
            AlgorithmIdentifiers.EDDSA);

    private static final Map<Integer, String> PROBLEMS = Map.of(
            ErrorCodes.EXPIRED, "has expired",
            ErrorCodes.EXPIRATION_MISSING, "has no exp",
            ErrorCodes.ISSUED_AT_MISSING, "has no iat",
            ErrorCodes.ISSUED_AT_INVALID_FUTURE, "has an iat in the future",
            ErrorCodes.AUDIENCE_MISSING, "has no aud",
            ErrorCodes.AUDIENCE_INVALID, "is for another aud",
            ErrorCodes.JWT_ID_MISSING, "has no jti",
            ErrorCodes.SIGNATURE_INVALID, "has an invalid signature");

    /**
     * Verifies a token with these keys. Returns empty if none of them is the one that the token names.
     *
     * @param now in seconds since the epoch
     * @throws dev.tokencache.token.InvalidRequestException if it is invalid
     */
    Optional<LogoutToken> verify(JwtContext token, List<JsonWebKey> available, long now) {
        try {
            ASYMMETRIC.checkConstraint(token.getJoseObjects().get(0).getAlgorithmHeaderValue());
            consumer(available, now).build().processContext(token);
            checkType(token);
            return Optional.of(read(token.getJwtClaims()));
        } catch (InvalidJwtException refused) {
            if (refused.getCause() instanceof UnresolvableKeyException) {
                return Optional.empty();
            }
            throw invalid(refused.getErrorDetails().stream()
                    .flatMap(error -> Optional.ofNullable(PROBLEMS.get(error.getErrorCode())).stream())
                    .findFirst()
                    .orElse("is malformed"));
        } catch (InvalidAlgorithmException symmetric) {
            throw invalid("is not signed with an asymmetric algorithm");
        } catch (MalformedClaimException malformed) {
            throw invalid("has a claim of another type");
        }
    }

    private JwtConsumerBuilder consumer(List<JsonWebKey> available, long now) {
        JwksVerificationKeyResolver resolver = new JwksVerificationKeyResolver(available);
        // Without a kid, any suitable key may have signed.
        resolver.setDisambiguateWithVerifySignature(true);
        return new JwtConsumerBuilder()
                .setVerificationKeyResolver(resolver)
                .setJwsAlgorithmConstraints(ASYMMETRIC)
                .setExpectedIssuer(issuer)
                .setExpectedAudience(audience)
                .setRequireIssuedAt()
                .setIssuedAtRestrictions(0, Integer.MAX_VALUE)
                .setRequireExpirationTime()
                .setRequireJwtId()
                .setAllowedClockSkewInSeconds(CLOCK_SKEW_SECONDS)
                .setEvaluationTime(NumericDate.fromSeconds(now));
    }

    private static void checkType(JwtContext token) {
        String type = token.getJoseObjects().get(0).getHeader("typ");
        if (type != null && !TYPES.contains(type.toLowerCase(Locale.ROOT))) {
            throw invalid("is a token of another type");
        }
    }

    private LogoutToken read(JwtClaims claims) throws MalformedClaimException {
        boolean isLogout =
                claims.getClaimValue("events") instanceof Map<?, ?> events && events.get(EVENT) instanceof Map<?, ?>;
        if (!isLogout) {
            throw invalid("has no logout event");
        }
        if (claims.hasClaim("nonce")) {
            throw invalid("must not have a nonce");
        }
        if (claims.getSubject() == null) {
            throw invalid("must have a sub: tokens are found by their subject, not by sid alone");
        }
        return new LogoutToken(
                id,
                claims.getJwtId(),
                claims.getSubject(),
                claims.getStringClaimValue("sid"),
                claims.getExpirationTime().getValue());
    }
}
