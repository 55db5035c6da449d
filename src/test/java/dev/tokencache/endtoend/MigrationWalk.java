package dev.tokencache.endtoend;

import dev.tokencache.endtoend.Sessions.Session;
import dev.tokencache.testing.Outcome;
import dev.tokencache.testing.ServiceClient;
import dev.tokencache.testing.ServiceProcess;
import io.restassured.RestAssured;
import io.restassured.path.json.JsonPath;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.hamcrest.Matchers;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The steps of a migration from an old Redis to the cluster, with two services under a steady load. Each step is taken
 * as soon as the service allows it, never by force, and sent to the first service in the list.
 */
final class MigrationWalk implements AutoCloseable {

    private static final int CALLS_IN_A_STEP = 50;
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private final MigrationSite site;
    private final List<ServiceProcess> services;
    private final People people;

    private MigrationWalk(MigrationSite site, List<ServiceProcess> services, People people) {
        this.site = site;
        this.services = services;
        this.people = people;
    }

    /**
     * Starts the stores and services, with people who are logged in already.
     *
     * @param format of the old Redis' records
     * @param more settings in addition to the defaults
     */
    static MigrationWalk start(String format, int sessions, Map<String, String> more) {
        Map<String, String> settings = new HashMap<>(Map.of(
                "tokencache.migration.legacy.format", format,
                "tokencache.migration.min-comparisons", "50",
                "tokencache.migration.max-mismatch-rate", "0"));
        settings.putAll(more);
        MigrationSite site = new MigrationSite(settings);
        try {
            List<Session> present = OtherProgram.logIn(site.old, format, sessions);
            List<ServiceProcess> services = new ArrayList<>(site.startServices(2));
            List<ServiceClient> clients =
                    services.stream().map(ServiceClient::new).toList();
            return new MigrationWalk(site, services, new People(clients, present));
        } catch (RuntimeException | Error e) {
            site.close();
            throw e;
        }
    }

    MigrationSite site() {
        return site;
    }

    People people() {
        return people;
    }

    List<ServiceProcess> services() {
        return services;
    }

    /** Starts a new service in place of one that exited. */
    void replace(ServiceProcess gone) {
        int index = services.indexOf(gone);
        ServiceProcess started = site.startService();
        services.set(index, started);
        people.replace(index, new ServiceClient(started));
    }

    private ServiceProcess any() {
        return services.stream().filter(ServiceProcess::isAlive).findFirst().orElseThrow();
    }

    JsonPath status() {
        return shared(any());
    }

    /** Changes the phase, one step forward or any number back, and lets the load run in it for a while. */
    void to(String phase) {
        turn(phase, "{\"phase\":\"" + phase + "\"" + (mirrors(phase) ? ",\"mirror_percent\":100}" : "}"));
    }

    private static boolean mirrors(String phase) {
        return !phase.equals("legacy") && !phase.equals("done");
    }

    void ramp(int percent) {
        turn("ramp " + percent, "{\"phase\":\"ramp\",\"mirror_percent\":100,\"read_percent\":" + percent + "}");
    }

    private void turn(String name, String change) {
        people.notes().step("the step to " + name);
        int version =
                MigrationSite.change(any(), change).statusCode(200).extract().<Integer>path("version");
        awaitEverywhere(version);
        people.notes().step(name);
        people.letRun(CALLS_IN_A_STEP);
    }

    private void awaitEverywhere(int version) {
        for (ServiceProcess service : services) {
            if (service.isAlive()) {
                Awaitility.await("every replica follows")
                        .atMost(PATIENCE)
                        .until(() -> MigrationSite.readiness(service).getInt("version") >= version);
            }
        }
    }

    /** Waits until the service allows the next step. */
    void awaitMayAdvance() {
        Awaitility.await("reasons not to go on")
                .atMost(PATIENCE)
                .until(() -> status().getList("may_advance.reasons"), List::isEmpty);
    }

    /** The reasons why the service does not allow the next step. */
    List<String> reasons() {
        return status().getList("may_advance.reasons");
    }

    /** Starts a backfill. */
    void backfill(int keysPerSecond) {
        MigrationSite.backfill(any(), "{\"action\":\"start\",\"keys_per_second\":" + keysPerSecond + "}")
                .statusCode(200);
    }

    /** Starts another backfill, whatever the state of the last one. */
    void backfillAnew() {
        if (status().getString("backfill.status").equals("running")) {
            MigrationSite.backfill(any(), "{\"action\":\"pause\"}").statusCode(200);
        }
        backfill(0);
    }

    /** Removes the rate limit of the backfill. */
    void hurry() {
        MigrationSite.backfill(any(), "{\"keys_per_second\":0}").statusCode(200);
    }

    void awaitScanned(int keys) {
        Awaitility.await("the backfill to come so far")
                .atMost(PATIENCE)
                .until(() -> status().getInt("backfill.scanned") >= keys);
    }

    /** Waits until the backfill is complete; its counts must add up. */
    JsonPath awaitBackfill() {
        JsonPath done = Awaitility.await("the end of the backfill")
                .atMost(PATIENCE)
                .until(this::status, status -> status.getString("backfill.status")
                        .equals("complete"));
        done.setRootPath("backfill");
        assertThat(done.getLong("scanned"))
                .as("all that the backfill scanned")
                .isEqualTo(done.getLong("copied")
                        + done.getLong("present")
                        + done.getLong("skipped")
                        + done.getLong("failed"));
        assertThat(done.getLong("failed")).isZero();
        return done;
    }

    /** The sum of the counts of each replica must equal the shared count that every replica reports. */
    void checkSharedCounts() {
        people.stop();
        List<Long> before = comparisonsAtRest();
        MigrationSite.change(any(), "{\"mirror_percent\":100}").statusCode(200);
        awaitEverywhere(status().getInt("version"));
        people.start();
        people.letRun(CALLS_IN_A_STEP);
        people.stop();
        List<Long> after = comparisonsAtRest();

        long all = 0;
        for (int i = 0; i < services.size(); i++) {
            assertThat(after.get(i)).as("comparisons of each replica").isGreaterThan(before.get(i));
            all += after.get(i) - before.get(i);
        }
        for (ServiceProcess service : services) {
            Awaitility.await("the comparisons of all")
                    .atMost(PATIENCE)
                    .until(() -> shared(service).getLong("comparisons"), Matchers.equalTo(all));
            assertThat(shared(service).<String, Integer>getMap("mismatches").values())
                    .containsOnly(0);
        }
        people.start();
    }

    private static JsonPath shared(ServiceProcess service) {
        return MigrationSite.status(service).statusCode(200).extract().jsonPath();
    }

    /** Waits until the counts are stable: a difference is compared again a second later. */
    private List<Long> comparisonsAtRest() {
        AtomicReference<List<Long>> last = new AtomicReference<>(List.of());
        Awaitility.await("the last comparison")
                .atMost(PATIENCE)
                .during(Duration.ofMillis(1500))
                .until(() -> {
                    List<Long> now = comparisonsOfEach();
                    return now.equals(last.getAndSet(now));
                });
        return last.get();
    }

    private List<Long> comparisonsOfEach() {
        return services.stream().map(MigrationWalk::comparisons).toList();
    }

    private static long comparisons(ServiceProcess service) {
        return RestAssured.get(service.managementUri() + "/q/metrics")
                .asString()
                .lines()
                .filter(line -> line.startsWith("tokencache_migration_comparisons_total"))
                .map(line -> line.substring(line.lastIndexOf(' ') + 1))
                .mapToLong(value -> (long) Double.parseDouble(value))
                .findFirst()
                .orElseThrow();
    }

    /** Validates every token. No answer may have been wrong, before or now. */
    void checkAll() {
        people.stop();
        people.finishLogouts();
        people.checkAll();
        assertThat(people.notes().wrongs()).as(people.notes().toString()).isEmpty();
    }

    /** The last step: the old Redis is stopped permanently. */
    void finish() {
        to("done");
        site.old.kill9();
        people.notes().step("done, without the old Redis");
        people.letRun(CALLS_IN_A_STEP);
        checkAll();
    }

    /** Asserts that nearly all calls had an answer. */
    void checkAnswered() {
        assertThat(people.notes().count(Outcome.FAILED))
                .as(people.notes().toString())
                .isZero();
        assertThat(people.notes().count(Outcome.UNKNOWN))
                .as("unknown answers, with both stores in order: %s", people.notes())
                .isLessThanOrEqualTo(people.notes().calls() / 100);
    }

    @Override
    public void close() {
        people.close();
        site.close();
    }
}
