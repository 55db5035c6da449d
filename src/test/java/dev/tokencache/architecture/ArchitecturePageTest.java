package dev.tokencache.architecture;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** The package table of {@code ARCHITECTURE.md} lists exactly the packages that contain classes. */
class ArchitecturePageTest {

    private static final String ROOT = "dev.tokencache";
    private static final Pattern ROW = Pattern.compile("^\\|\\s*`([a-z][a-z.]*)`\\s*\\|.*");

    @Test
    void shouldListEveryPackageAndNoOther() throws IOException {
        assertThat(listedPackages()).isEqualTo(packages());
    }

    /** The first column of the first table under the heading about packages. */
    private static Set<String> listedPackages() throws IOException {
        List<String> lines = Files.readAllLines(Path.of("ARCHITECTURE.md"));
        return lines.stream()
                .dropWhile(line -> !isPackagesHeading(line))
                .skip(1)
                .takeWhile(line -> !line.startsWith("#"))
                .dropWhile(line -> !line.startsWith("|"))
                .takeWhile(line -> line.startsWith("|"))
                .map(ROW::matcher)
                .filter(Matcher::matches)
                .map(row -> row.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static boolean isPackagesHeading(String line) {
        return line.startsWith("#") && line.toLowerCase(Locale.ROOT).contains("package");
    }

    private static Set<String> packages() {
        return new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests()).importPackages(ROOT).stream()
                        .filter(type -> !type.getSimpleName().equals("package-info"))
                        .map(JavaClass::getPackageName)
                        .filter(name -> name.startsWith(ROOT + "."))
                        .map(name -> name.substring(ROOT.length() + 1))
                        .collect(Collectors.toCollection(TreeSet::new));
    }
}
