package dev.tokencache.operator.doctor.http;

import dev.tokencache.audit.AuditEntry;
import dev.tokencache.audit.AuditEntry.Action;
import dev.tokencache.audit.AuditEntry.Result;
import dev.tokencache.audit.AuditLog;
import dev.tokencache.audit.AuditTarget;
import dev.tokencache.caller.Role;
import dev.tokencache.http.Allowed;
import dev.tokencache.http.CallerFilter;
import dev.tokencache.http.Responses;
import dev.tokencache.operator.doctor.Check;
import dev.tokencache.operator.doctor.Checks;
import dev.tokencache.operator.doctor.Diagnosis;
import dev.tokencache.operator.doctor.live.LiveDoctor;
import dev.tokencache.redis.Futures;
import dev.tokencache.token.InvalidRequestException;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;

/** {@code /v1/admin/doctor}: examines the cluster of this service. Its findings name Redis nodes. */
@Path("/v1/admin/doctor")
final class DoctorResource {

    private final LiveDoctor doctor;
    private final AuditLog audit;

    DoctorResource(LiveDoctor doctor, AuditLog audit) {
        this.doctor = doctor;
        this.audit = audit;
    }

    @GET
    @Allowed(Role.ADMIN)
    public Uni<Response> examine(@Context UriInfo uri, @Context ContainerRequestContext context) {
        List<Check> checks = checks(codes(uri, "only"), codes(uri, "skip"));
        audit.write(new AuditEntry(
                Action.READ_DOCTOR, CallerFilter.callerOf(context).id(), AuditTarget.NOTHING, Result.DONE));
        return Futures.toUni(doctor::facts)
                .map(facts -> Diagnosis.of(facts, checks).json().toString())
                .map(document -> Responses.json(document.getBytes(StandardCharsets.UTF_8)));
    }

    private static List<Check> checks(List<String> only, List<String> skip) {
        try {
            return Diagnosis.select(Checks.all(), only, skip);
        } catch (IllegalArgumentException unknown) {
            throw new InvalidRequestException(String.valueOf(unknown.getMessage()), "has a code that no check has");
        }
    }

    private static List<String> codes(UriInfo uri, String name) {
        return uri.getQueryParameters().getOrDefault(name, List.of()).stream()
                .flatMap(value -> Stream.of(value.split(",")))
                .toList();
    }
}
