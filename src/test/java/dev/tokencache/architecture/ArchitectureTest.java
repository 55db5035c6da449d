package dev.tokencache.architecture;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import dev.tokencache.token.TokenService;
import io.smallrye.config.ConfigMapping;
import jakarta.inject.Inject;
import org.junit.jupiter.api.Test;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * The package dependencies that {@code ARCHITECTURE.md} describes. A rule may name a package that is still empty. A
 * change of a rule needs an ADR.
 */
class ArchitectureTest {

    private static final String ROOT = "dev.tokencache";
    private static final String TOKEN = ROOT + ".token..";
    private static final String REDIS = ROOT + ".redis..";
    private static final String JOURNAL = ROOT + ".journal..";
    private static final String MIGRATION = ROOT + ".migration..";
    private static final String OPERATOR = ROOT + ".operator..";
    private static final String STORES = ROOT + ".store..";
    private static final String HTTP = ROOT + ".http..";
    private static final String OPS = ROOT + ".ops..";
    private static final String HEALTH = ROOT + ".health..";
    private static final String AUDIT = ROOT + ".audit..";
    private static final String IDENTITY = ROOT + ".identity..";
    private static final String LOGOUT = ROOT + ".logout..";
    private static final String SEAL = ROOT + ".seal..";
    private static final String CALLER = ROOT + ".caller..";
    private static final String DEVMODE = ROOT + ".devmode..";
    private static final String WARM_UP = ROOT + ".warmup..";
    private static final String WIRING = ROOT + ".Wiring";

    private static final JavaClasses MAIN = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages(ROOT);

    private static final SliceAssignment BY_PACKAGE = new SliceAssignment() {
        @Override
        public SliceIdentifier getIdentifierOf(JavaClass javaClass) {
            // The wiring of a feature imports its subpackages, which import the domain in the wiring's own package.
            return javaClass.getSimpleName().endsWith("Wiring")
                    ? SliceIdentifier.ignore()
                    : SliceIdentifier.of(javaClass.getPackageName());
        }

        @Override
        public String getDescription() {
            return "packages";
        }
    };

    @Test
    void shouldFindClasses() {
        assertThat(MAIN.contain(TokenService.class)).isTrue();
        assertThat(MAIN.contain(ArchitectureTest.class)).isFalse();
    }

    @Test
    void shouldKeepTheDomainIndependent() {
        check(classes()
                .that()
                .resideInAPackage(TOKEN)
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        TOKEN,
                        "java..",
                        "javax.crypto..",
                        "io.smallrye.mutiny..",
                        "io.smallrye.config..",
                        "org.jspecify..")
                .because("the token domain must be readable, testable and reusable without HTTP, Redis or Quarkus"));
    }

    @Test
    void shouldKeepTheSealIndependent() {
        check(noClasses()
                .that()
                .resideInAPackage(SEAL)
                .should()
                .dependOnClassesThat(resideInAPackage(ROOT + "..").and(not(resideInAnyPackage(SEAL, TOKEN))))
                .because("what encrypts identities must be small enough to be reviewed alone"));
    }

    @Test
    void shouldKeepTheRedisClientIndependent() {
        check(noClasses()
                .that()
                .resideInAPackage(REDIS)
                .should()
                .dependOnClassesThat(resideInAPackage(ROOT + "..").and(not(resideInAPackage(REDIS))))
                .because("a cluster client that knows nothing of tokens can be tested, read and reused alone"));
    }

    @Test
    void shouldKeepFeaturesOutOfTheCore() {
        check(noClasses()
                .that()
                .resideOutsideOfPackages(JOURNAL, MIGRATION, OPERATOR, WARM_UP)
                .and()
                .doNotHaveFullyQualifiedName(WIRING)
                .and()
                .doNotHaveFullyQualifiedName(ROOT + ".ops.Main")
                .and()
                .doNotHaveFullyQualifiedName(ROOT + ".ops.Main$TokenCacheCommand")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(JOURNAL, MIGRATION, OPERATOR, WARM_UP)
                .because("a feature that only Wiring and Main import can be left out, read and changed alone"));
    }

    @Test
    void shouldKeepTheJournalAndTheMigrationApart() {
        check(noClasses()
                .that()
                .resideInAPackage(JOURNAL)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(MIGRATION)
                .because("both are decorators of the port, and Wiring decides their order"));
        check(noClasses()
                .that()
                .resideInAPackage(MIGRATION)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(JOURNAL)
                .because("both are decorators of the port, and Wiring decides their order"));
    }

    @Test
    void shouldReachTheStoreThroughItsPortOnly() {
        check(noClasses()
                .that()
                .resideInAnyPackage(HTTP, OPS, HEALTH, CALLER, AUDIT, IDENTITY, LOGOUT, DEVMODE)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(STORES)
                .because("a decorator works only if every caller uses the port in token/"));
    }

    @Test
    void shouldKeepStoresFreeOfTheirCallers() {
        check(noClasses()
                .that()
                .resideInAPackage(STORES)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(HTTP, OPS, HEALTH, CALLER, AUDIT)
                .because("a store implements the port and does not know its callers"));
    }

    @Test
    void shouldKeepCallersFreeOfHttp() {
        check(noClasses()
                .that()
                .resideInAnyPackage(CALLER, HEALTH, AUDIT, IDENTITY, LOGOUT)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(HTTP, OPS)
                .because("roles do not depend on the protocol; http/ and ops/ depend on them, not the reverse"));
    }

    @Test
    void shouldKeepStoresApart() {
        check(noClasses()
                .that()
                .resideInAnyPackage(ROOT + ".store.nearcache..", ROOT + ".store.metrics..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(ROOT + ".store.redis..")
                .because("a decorator knows only the port, so the chain in Wiring can be reordered or shortened"));
    }

    @Test
    void shouldHaveNoCyclesBetweenPackages() {
        check(slices().assignedFrom(BY_PACKAGE)
                .should()
                .beFreeOfCycles()
                .because("packages that depend on each other cannot be understood or changed separately"));
    }

    @Test
    void shouldUseRestOnlyInHttpPackages() {
        check(noClasses()
                .that()
                .resideOutsideOfPackages("..http..", ROOT + ".migration.cli..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("jakarta.ws.rs..")
                .because("HTTP is one of several entry points and must not leak into the code behind it"));
    }

    @Test
    void shouldUseRedisOnlyInTheClientAndItsStores() {
        check(noClasses()
                .that()
                .resideOutsideOfPackages(
                        REDIS, ROOT + ".store.redis..", ROOT + ".store.revocation..", MIGRATION, OPERATOR)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.vertx.redis..", "io.vertx.mutiny.redis..", "io.quarkus.redis..")
                .because("a change of the Redis client must affect few packages"));
    }

    @Test
    void shouldNotImportTheWiring() {
        check(noClasses()
                .should()
                .dependOnClassesThat()
                .haveFullyQualifiedName(WIRING)
                .because("Wiring imports every part, so a class that imports Wiring depends on all of them"));
    }

    @Test
    void shouldNotImportTheDevelopersCluster() {
        check(
                noClasses()
                        .that(not(resideInAPackage(DEVMODE)))
                        .should()
                        .dependOnClassesThat()
                        .resideInAPackage(DEVMODE)
                        .because(
                                "its library is optional and in no production package: an import would fail there at run time"));
    }

    @Test
    void shouldInjectByConstructorsOnly() {
        check(noFields()
                .should()
                .beAnnotatedWith(Inject.class)
                .orShould()
                .beAnnotatedWith("org.eclipse.microprofile.config.inject.ConfigProperty")
                .because("a class that a test cannot create with new hides its dependencies"));
    }

    @Test
    void shouldKeepConfigurationNextToItsFeature() {
        check(classes()
                .that()
                .areAnnotatedWith(ConfigMapping.class)
                .should()
                .beInterfaces()
                .andShould()
                .haveSimpleNameEndingWith("Config")
                .andShould()
                .resideOutsideOfPackages("..config..", "..configuration..", ROOT)
                .because("the settings of a feature belong in its package"));
    }

    @Test
    void shouldLogByJbossLogging() {
        check(noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAPackage("java.util.logging..")
                .because("there is one logging API in this code base: org.jboss.logging"));
    }

    @Test
    void shouldNotWriteToStandardStreams() {
        check(noClasses()
                .should(ACCESS_STANDARD_STREAMS)
                .because("printed text has no level, no format and no filter for secrets"));
    }

    @Test
    void shouldNameClassesByWhatTheyAre() {
        check(noClasses()
                .should()
                .haveNameMatching(".*(Impl|Util|Utils|Helper|Manager)")
                .because("such a name does not say what the class does"));
    }

    private static void check(ArchRule rule) {
        rule.allowEmptyShould(true).check(MAIN);
    }
}
