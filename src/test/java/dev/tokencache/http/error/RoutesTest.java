package dev.tokencache.http.error;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.tokencache.http.Allowed;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.Path;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Checks that {@link Routes} agrees with the annotations of the resources. */
public class RoutesTest {

    /** A method of a resource. */
    public record Route(String method, String path, Method handler) {}

    public static List<Route> routes() {
        List<Route> routes = new ArrayList<>();
        for (JavaClass resource : new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests())
                .importPackages("dev.tokencache")) {
            if (resource.isAnnotatedWith(Path.class)) {
                addRoutes(resource.reflect(), routes);
            }
        }
        assertThat(routes).hasSizeGreaterThanOrEqualTo(11);
        return routes;
    }

    private static void addRoutes(Class<?> resource, List<Route> routes) {
        for (Method handler : resource.getDeclaredMethods()) {
            for (Annotation annotation : handler.getAnnotations()) {
                HttpMethod method = annotation.annotationType().getAnnotation(HttpMethod.class);
                if (method != null) {
                    Path path = handler.getAnnotation(Path.class);
                    routes.add(new Route(
                            method.value(),
                            resource.getAnnotation(Path.class).value() + (path == null ? "" : path.value()),
                            handler));
                }
            }
        }
    }

    @Test
    void shouldListTheMethodsOfTheResources() {
        for (Route route : routes()) {
            String path = route.path().replaceAll("\\{\\w+(: [^{}]+)?}", "a%2Fb");
            assertThat(Arrays.asList(Routes.methodsOf(path).split(", ")))
                    .as(path)
                    .contains(route.method(), "OPTIONS");
        }
        assertThat(Routes.methodsOf("/nowhere")).isEmpty();
        assertThat(Routes.methodsOf("/v1/tokens/validate")).isEqualTo("POST, OPTIONS");
    }

    @Test
    void shouldDeclareTheRoleOfEachMethod() {
        assertThat(routes())
                .allMatch(route -> route.handler().isAnnotationPresent(Allowed.class)
                        != route.handler().isAnnotationPresent(Allowed.ToAnyone.class));
    }
}
