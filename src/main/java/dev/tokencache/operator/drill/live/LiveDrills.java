package dev.tokencache.operator.drill.live;

import dev.tokencache.audit.AuditEntry;
import dev.tokencache.audit.AuditEntry.Action;
import dev.tokencache.audit.AuditEntry.Result;
import dev.tokencache.audit.AuditLog;
import dev.tokencache.audit.AuditTarget;
import dev.tokencache.journal.JournalStorage;
import dev.tokencache.operator.doctor.Checks;
import dev.tokencache.operator.doctor.Diagnosis;
import dev.tokencache.operator.doctor.live.LiveDoctor;
import dev.tokencache.operator.drill.ClusterRecords;
import dev.tokencache.operator.drill.ClusterState;
import dev.tokencache.operator.drill.Drill;
import dev.tokencache.operator.drill.DrillPlan;
import dev.tokencache.operator.drill.DrillReport;
import dev.tokencache.operator.drill.DrillState;
import dev.tokencache.operator.drill.DrillType;
import dev.tokencache.operator.drill.Gate;
import dev.tokencache.operator.drill.Hook;
import dev.tokencache.operator.drill.HookScript;
import dev.tokencache.operator.drill.NodeAccess;
import dev.tokencache.operator.drill.Nodes;
import dev.tokencache.operator.drill.Pace;
import dev.tokencache.operator.drill.SteadyCanaries;
import dev.tokencache.operator.nodes.ConfiguredLogin;
import dev.tokencache.redis.Endpoint;
import dev.tokencache.redis.connection.RedisConnector;
import dev.tokencache.store.nearcache.NearCacheConfig;
import dev.tokencache.store.redis.RedisConfig;
import dev.tokencache.token.InvalidRequestException;
import dev.tokencache.token.StoreUnavailableException;
import dev.tokencache.token.TokenService;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.LocalTime;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jboss.logging.Logger;

/**
 * Plans, starts and ends drills in this instance, each on a thread of its own, and audits starts and aborts. A lease in the
 * cluster lets one drill run at a time, from any instance or command. Thread-safe.
 *
 * <p>A future fails with {@link InvalidRequestException}, {@link Gate.Refused}, or {@link StoreUnavailableException} if the
 * cluster cannot be read.
 */
@Singleton
public final class LiveDrills {

    /** @param unknownBudget empty for that of the type */
    public record Request(
            DrillType type,
            List<Endpoint> nodes,
            int parallel,
            Optional<Duration> unknownBudget,
            Duration patience,
            int slots,
            Set<Gate.Check> skipped) {}

    /** @param refusals why the gate would refuse it now */
    public record Planned(DrillPlan plan, List<String> refusals) {}

    /** The types that need no file of the operator's. */
    public static final Set<DrillType> TYPES = EnumSet.complementOf(EnumSet.of(DrillType.PASSWORD));

    /** How long a restarted node may take until it is in sync, by default. */
    public static final int PATIENCE_SECONDS = 600;

    /** How many slots {@code reshard} moves, by default. */
    public static final int SLOTS = 3;

    private static final Logger LOG = Logger.getLogger(LiveDrills.class);

    private final DrillConfig config;
    private final Gate.Limits limits;
    private final Vertx vertx;
    private final RedisConnector connector;
    private final TokenService tokens;
    private final LiveDoctor doctor;
    private final DrillRecords records;
    private final RedisConfig redis;
    private final NearCacheConfig nearCache;
    private final JournalStorage journal;
    private final RunningDrill running;
    private final AuditLog audit;

    /** @throws IllegalArgumentException naming the property, if a setting is invalid */
    LiveDrills(
            DrillConfig config,
            Vertx vertx,
            RedisConnector connector,
            TokenService tokens,
            LiveDoctor doctor,
            DrillRecords records,
            RedisConfig redis,
            NearCacheConfig nearCache,
            JournalStorage journal,
            RunningDrill running,
            AuditLog audit) {
        this.config = config;
        this.limits = DrillConfig.limits(config);
        this.vertx = vertx;
        this.connector = connector;
        this.tokens = tokens;
        this.doctor = doctor;
        this.records = records;
        this.redis = redis;
        this.nearCache = nearCache;
        this.journal = journal;
        this.running = running;
        this.audit = audit;
    }

    /** The limits of drills of this service, from the command line as well. */
    public Gate.Limits limits() {
        return limits;
    }

    /** Decides the steps, and changes nothing. */
    public Future<Planned> plan(Request request) {
        return vertx.executeBlocking(
                () -> {
                    try (NodeAccess nodes = nodes(request.type())) {
                        DrillPlan plan = plan(request, nodes);
                        return new Planned(plan, Gate.reasons(plan, conditions(request), LocalTime.now()));
                    } catch (Nodes.Failure failure) {
                        throw unreadable(failure);
                    }
                },
                false);
    }

    /** Starts a drill, and completes when its first step starts. */
    public Future<DrillState> start(Request request, String caller) {
        Promise<DrillState> started = Promise.promise();
        Thread drill = new Thread(() -> run(request, caller, started), "drill");
        drill.setDaemon(true);
        drill.start();
        return audited(Action.START_DRILL, caller, request.type().toString(), started.future());
    }

    private void run(Request request, String caller, Promise<DrillState> started) {
        try (NodeAccess nodes = nodes(request.type())) {
            DrillPlan plan = plan(request, nodes);
            DrillReport report = running.run(new Drill(plan, conditions(request), site(plan, nodes, caller, started)));
            LOG.infof(
                    "Drill ended: verdict=%s, left for the operator to do=%d. Its report is at /v1/admin/drill; id=%s",
                    report.verdict(),
                    report.report().path("left").size(),
                    report.report().path("id").asText());
        } catch (Nodes.Failure failure) {
            started.tryFail(unreadable(failure));
        } catch (RuntimeException failure) {
            if (!started.tryFail(failure)) {
                LOG.error("Drill failed: check slots and nodes by doctor", failure);
            }
        }
    }

    private static StoreUnavailableException unreadable(Nodes.Failure failure) {
        return new StoreUnavailableException("the cluster cannot be read", failure);
    }

    private static Gate.Refused refused(String reason) {
        return new Gate.Refused(List.of(reason));
    }

    private Drill.Site site(DrillPlan plan, Nodes nodes, String caller, Promise<DrillState> started) {
        return new Drill.Site(
                nodes,
                new SteadyCanaries(new ServiceCalls(tokens, vertx.getOrCreateContext()), nearCache.maxAge(), Pace.REAL),
                new ClusterRecords(nodes, plan.before()::addresses, redis.keyPrefix()),
                Pace.REAL,
                hook -> new Thread(hook, "drill-hook").start(),
                state -> {
                    running.update(state);
                    if (state.isInSteps()) {
                        started.tryComplete(state);
                    }
                },
                caller);
    }

    /** The drill that runs in this instance, as of the last 200 ms. */
    public Optional<DrillState> here() {
        return running.state();
    }

    /** The running drill of any instance or command, as of the last second while Redis is well. */
    public Future<Optional<DrillState>> state() {
        Optional<DrillState> here = here();
        return here.isPresent() ? Future.succeededFuture(here) : records.running();
    }

    /**
     * Ends the running drill of any instance or command, within a second while Redis is well. Returns its last state; fails
     * with {@link Gate.Refused} if none is running.
     */
    public Future<DrillState> abort(String caller) {
        running.stop("stopped by the caller " + caller);
        Future<DrillState> aborted = state().compose(state -> {
            DrillState found = state.orElseThrow(() -> refused("no drill is running"));
            return here().isPresent()
                    ? Future.succeededFuture(found)
                    : records.requestAbort(found.id(), caller).map(found);
        });
        return audited(Action.ABORT_DRILL, caller, "none", aborted);
    }

    /** @param drill its type, until it has an id */
    private Future<DrillState> audited(Action action, String caller, String drill, Future<DrillState> call) {
        return call.onSuccess(state -> audit(action, caller, state.id(), Result.DONE))
                .onFailure(failure -> audit(
                        action,
                        caller,
                        drill,
                        failure instanceof StoreUnavailableException ? Result.UNKNOWN : Result.REFUSED));
    }

    private void audit(Action action, String caller, String drill, Result result) {
        audit.write(new AuditEntry(action, caller, AuditTarget.ofDrill(drill), result));
    }

    private NodeAccess nodes(DrillType type) {
        if (type.needsHook() && config.hook().isEmpty()) {
            throw refused(DrillConfig.PREFIX + ".hook is not set, and " + type + " needs it");
        }
        ConfiguredLogin login = ConfiguredLogin.read(DrillConfig.PREFIX, config)
                .orElseThrow(() -> refused("neither " + DrillConfig.PREFIX + ".password nor " + DrillConfig.PREFIX
                        + ".password-file is set: a drill logs in to Redis as a user of its own"));
        return new NodeAccess(vertx, login.connector(connector), login.user(), login.password());
    }

    private DrillPlan plan(Request request, Nodes nodes) {
        Hook hook = config.hook()
                .map(program -> new HookScript(program, request.patience()))
                .orElse(null);
        DrillPlan.Settings settings = new DrillPlan.Settings(
                request.nodes(),
                request.parallel(),
                request.unknownBudget().orElse(request.type().unknownBudget()),
                request.patience(),
                hook,
                hook,
                request.slots(),
                "",
                "",
                redis.keyPrefix());
        return DrillPlan.of(request.type(), ClusterState.read(nodes, List.copyOf(doctor.nodes())), nodes, settings);
    }

    private DrillPlan.Conditions conditions(Request request) {
        return new DrillPlan.Conditions(
                () -> Diagnosis.of(
                                doctor.facts()
                                        .toCompletionStage()
                                        .toCompletableFuture()
                                        .join(),
                                Checks.all())
                        .findings(),
                () -> journal.status().entries(),
                limits,
                request.skipped());
    }
}
