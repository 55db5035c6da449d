package dev.tokencache.operator.doctor.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import dev.tokencache.cli.ExitCode;
import dev.tokencache.operator.doctor.ClusterFacts;
import dev.tokencache.operator.doctor.NodeFacts;
import dev.tokencache.operator.doctor.Reading;
import dev.tokencache.operator.doctor.ServiceFacts;
import dev.tokencache.redis.Endpoint;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.Nullable;

/** A zip to send to someone who helps: the report, and the facts, which have neither secrets nor tokens. */
@RegisterForReflection(
        targets = {
            ClusterFacts.class,
            NodeFacts.class,
            NodeFacts.NodeLine.class,
            NodeFacts.SlowCommand.class,
            NodeFacts.Samples.class,
            NodeFacts.TlsFacts.class,
            ServiceFacts.class,
            ServiceFacts.Instance.class,
            ServiceFacts.Journal.class,
            Reading.class,
            Endpoint.class
        })
final class Bundle {

    private static final JsonMapper JSON = JsonMapper.builder()
            .addModule(new JavaTimeModule())
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .enable(SerializationFeature.INDENT_OUTPUT)
            .build();

    private Bundle() {}

    /** @param facts null if a service read them */
    static void write(Path file, JsonNode report, @Nullable ClusterFacts facts) {
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
            add(zip, "report.json", report.toPrettyString());
            add(zip, "report.txt", String.join("\n", DoctorTable.lines(report)));
            if (facts != null) {
                add(zip, "facts.json", JSON.writeValueAsString(facts));
            }
        } catch (IOException unwritable) {
            throw ExitCode.USAGE.failure("--bundle cannot be written to " + file);
        }
    }

    private static void add(ZipOutputStream zip, String name, String text) throws IOException {
        zip.putNextEntry(new ZipEntry(name));
        zip.write((text + "\n").getBytes(StandardCharsets.UTF_8));
    }
}
