package dev.tokencache.operator.console;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tokencache.caller.Caller;
import dev.tokencache.caller.Role;
import dev.tokencache.operator.console.Action.RefusedException;
import dev.tokencache.operator.drill.DrillReport;
import dev.tokencache.operator.drill.DrillState;
import dev.tokencache.operator.drill.Gate;
import dev.tokencache.operator.drill.ReportPage;
import dev.tokencache.operator.drill.live.DrillRecords;
import dev.tokencache.operator.drill.live.LiveDrills;
import dev.tokencache.redis.Endpoint;
import dev.tokencache.redis.Futures;
import dev.tokencache.redis.Time;
import dev.tokencache.token.InvalidRequestException;
import io.quarkus.qute.TemplateInstance;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Plans, starts and watches a drill, and shows the reports of the last ones. */
final class DrillPage extends Page {

    /**
     * @param running null if no drill runs
     * @param reports null if the cluster, which stores them, cannot be asked
     */
    record View(
            Instant at, @Nullable Running running, @Nullable List<ReportRow> reports) {}

    record Running(DrillState state, List<Step> steps, List<Shard> shards) {}

    /** @param place {@code past}, {@code present} or {@code ahead} */
    record Step(String text, String place) {}

    record Shard(DrillState.Shard canaries, long percent) {}

    /** What a report says. Anyone who can write to Redis may have written it. */
    record ReportRow(String id, String type, String by, String verdict, String ended, boolean isIntact) {}

    record Type(String name, String summary) {}

    /**
     * @param hypothesis empty, as {@code steps}, if this instance cannot plan a drill
     * @param refusals why it would not start now
     */
    record Plan(String type, String nodes, String hypothesis, List<String> steps, List<String> refusals) {}

    /**
     * What the address of the page asks for.
     *
     * @param plan null if there is none
     * @param report the report as text; empty if there is none
     */
    record Asked(List<Type> types, String hours, @Nullable Plan plan, String report) {}

    private final LiveDrills drills;
    private final DrillRecords records;
    private final Time time;

    DrillPage(LiveDrills drills, DrillRecords records, Time time) {
        super("drill", "Drill");
        this.drills = drills;
        this.records = records;
        this.time = time;
    }

    @Override
    Uni<TemplateInstance> whole(Visit visit) {
        return view().chain(view -> asked(visit).map(asked -> Templates.drill(visit.frame(), view, asked)));
    }

    @Override
    Uni<TemplateInstance> live() {
        return view().map(Templates::drill$live);
    }

    private Uni<View> view() {
        return Futures.toUni(records::read).onFailure().recoverWithNull().map(stored -> {
            Optional<DrillState> running = drills.here().or(() -> Optional.ofNullable(stored)
                    .flatMap(body -> DrillState.parse(body.path("running").toString())));
            return new View(
                    time.clock().instant(),
                    running.map(DrillPage::running).orElse(null),
                    stored == null ? null : reports(stored));
        });
    }

    private static Running running(DrillState state) {
        List<Step> steps = new ArrayList<>();
        for (int i = 0; i < state.steps().size(); i++) {
            boolean isPresent = i == state.stepsDone() && state.isInSteps();
            steps.add(new Step(state.steps().get(i), i < state.stepsDone() ? "past" : isPresent ? "present" : "ahead"));
        }
        List<Shard> shards = state.shards().stream()
                .map(shard -> new Shard(shard, Math.round(100 * shard.done())))
                .toList();
        return new Running(state, steps, shards);
    }

    private static List<ReportRow> reports(ObjectNode stored) {
        return stored.path("reports")
                .valueStream()
                .map(one -> {
                    JsonNode report = one.path("report");
                    return new ReportRow(
                            report.path("id").asText(),
                            report.path("type").asText(),
                            report.path("by").asText(),
                            report.path("verdict").asText(),
                            report.path("ended").asText(),
                            isIntact(one));
                })
                .toList();
    }

    private static boolean isIntact(JsonNode stored) {
        try {
            return new DrillReport(stored.toString()).isIntact();
        } catch (RuntimeException noReport) {
            return false;
        }
    }

    private Uni<Asked> asked(Visit visit) {
        Uni<Optional<Plan>> plan = visit.query("type")
                .map(type -> plan(type, visit.query("nodes").orElse("")).map(Optional::of))
                .orElseGet(() -> Uni.createFrom().item(Optional.empty()));
        Uni<String> report = visit.query("report").map(this::report).orElseGet(() -> Uni.createFrom()
                .item(""));
        List<Type> types = LiveDrills.TYPES.stream()
                .sorted()
                .map(type -> new Type(type.toString(), type.summary()))
                .toList();
        return plan.chain(planned ->
                report.map(text -> new Asked(types, drills.limits().hours().toString(), planned.orElse(null), text)));
    }

    private Uni<Plan> plan(String type, String nodes) {
        LiveDrills.Request request = request(type, nodes);
        return call(() -> drills.plan(request))
                .map(planned -> new Plan(
                        type, nodes, planned.plan().hypothesis(), planned.plan().stepTexts(), planned.refusals()))
                .onFailure(RefusedException.class)
                .recoverWithItem(
                        refused -> new Plan(type, nodes, "", List.of(), List.of(String.valueOf(refused.getMessage()))));
    }

    private Uni<String> report(String id) {
        return Futures.toUni(records::read).map(stored -> stored.path("reports")
                .valueStream()
                .filter(one -> one.path("report").path("id").asText().equals(id))
                .findFirst()
                .map(one -> ReportPage.of(new DrillReport(one.toString())))
                .orElseThrow(() -> new InvalidRequestException("report", "is not in the history any more")));
    }

    @Override
    List<Action> actions() {
        return List.of(
                new Action("drill/start", Role.ADMIN, this::start), new Action("drill/abort", Role.ADMIN, this::abort));
    }

    private Uni<Action.Done> start(Form form, Caller caller) {
        String type = form.required("type");
        LiveDrills.Request request = request(type, form.optional("nodes"));
        form.requireConfirmation(type);
        return call(() -> drills.start(request, caller.id()))
                .map(state -> new Action.Done("drill", Map.of(), Notice.DRILL_STARTED));
    }

    private Uni<Action.Done> abort(Form form, Caller caller) {
        form.requireConfirmation("abort");
        return call(() -> drills.abort(caller.id()))
                .map(state -> new Action.Done("drill", Map.of(), Notice.DRILL_ABORTED));
    }

    /** @param nodes addresses, separated by commas or blanks; empty for the default of the type */
    private static LiveDrills.Request request(String type, String nodes) {
        return new LiveDrills.Request(
                LiveDrills.TYPES.stream()
                        .filter(known -> known.toString().equals(type))
                        .findFirst()
                        .orElseThrow(() -> new InvalidRequestException("type", "must be one of the list")),
                Stream.of(nodes.split("[,\\s]+"))
                        .filter(node -> !node.isEmpty())
                        .map(DrillPage::node)
                        .toList(),
                1,
                Optional.empty(),
                Duration.ofSeconds(LiveDrills.PATIENCE_SECONDS),
                LiveDrills.SLOTS,
                Set.of());
    }

    private static Endpoint node(String text) {
        return Endpoint.parse(text, "")
                .orElseThrow(() -> new InvalidRequestException("nodes", "must be <host>:<port>, separated by commas"));
    }

    private static <T> Uni<T> call(Supplier<Future<T>> call) {
        return Futures.toUni(call)
                .onFailure(Gate.Refused.class)
                .transform(refused -> new RefusedException(String.valueOf(refused.getMessage())));
    }
}
