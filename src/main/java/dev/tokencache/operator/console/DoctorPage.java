package dev.tokencache.operator.console;

import dev.tokencache.audit.AuditEntry;
import dev.tokencache.audit.AuditLog;
import dev.tokencache.audit.AuditTarget;
import dev.tokencache.caller.Caller;
import dev.tokencache.caller.Role;
import dev.tokencache.operator.doctor.CheckTexts;
import dev.tokencache.operator.doctor.Checks;
import dev.tokencache.operator.doctor.ClusterFacts;
import dev.tokencache.operator.doctor.Diagnosis;
import dev.tokencache.operator.doctor.Finding;
import dev.tokencache.operator.doctor.live.LiveDoctor;
import dev.tokencache.redis.Futures;
import io.quarkus.qute.TemplateInstance;
import io.smallrye.mutiny.Uni;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The findings of the last run of doctor in this instance, and a button for the next. */
final class DoctorPage extends Page {

    /** @param readAt when doctor ran; empty before its first run */
    record View(Optional<Instant> readAt, int nodes, int checks, List<Code> codes) {

        public long count(String status) {
            return codes.stream()
                    .flatMap(code -> code.findings().stream())
                    .filter(finding -> finding.status().equals(status))
                    .count();
        }
    }

    /** The findings of a code, with what they mean. */
    record Code(String code, CheckTexts texts, List<Row> findings) {}

    record Row(String status, String subject, String evidence) {}

    private final LiveDoctor doctor;
    private final AuditLog audit;

    DoctorPage(LiveDoctor doctor, AuditLog audit) {
        super("doctor", "Doctor");
        this.doctor = doctor;
        this.audit = audit;
    }

    @Override
    Uni<TemplateInstance> whole(Visit visit) {
        return Uni.createFrom().item(() -> Templates.doctor(visit.frame(), view()));
    }

    @Override
    Uni<TemplateInstance> live() {
        return Uni.createFrom().item(() -> Templates.doctor$live(view()));
    }

    @Override
    List<Action> actions() {
        return List.of(new Action("doctor/run", Role.ADMIN, (form, caller) -> run(caller)));
    }

    private Uni<Action.Done> run(Caller caller) {
        return Futures.toUni(doctor::facts)
                .invoke(() -> audit(caller, AuditEntry.Result.DONE))
                .onFailure()
                .invoke(() -> audit(caller, AuditEntry.Result.UNKNOWN))
                .map(facts -> new Action.Done("doctor", Map.of(), Notice.DOCTOR_RAN));
    }

    private void audit(Caller caller, AuditEntry.Result result) {
        audit.write(new AuditEntry(AuditEntry.Action.READ_DOCTOR, caller.id(), AuditTarget.NOTHING, result));
    }

    private View view() {
        Optional<ClusterFacts> facts = doctor.latest();
        if (facts.isEmpty()) {
            return new View(Optional.empty(), 0, 0, List.of());
        }
        Diagnosis diagnosis = Diagnosis.of(facts.get(), Checks.all());
        Map<String, List<Row>> byCode = new LinkedHashMap<>();
        for (Finding finding : diagnosis.findings()) {
            byCode.computeIfAbsent(finding.code(), first -> new ArrayList<>())
                    .add(new Row(Diagnosis.word(finding.status()), finding.subject(), finding.evidence()));
        }
        List<Code> codes = byCode.entrySet().stream()
                .map(entry -> new Code(entry.getKey(), CheckTexts.of(entry.getKey()), entry.getValue()))
                .toList();
        return new View(
                Optional.of(facts.get().readAt()),
                facts.get().nodes().size(),
                diagnosis.checks().size(),
                codes);
    }
}
