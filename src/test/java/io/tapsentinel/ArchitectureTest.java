package io.tapsentinel;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each package uses only packages listed below it, so there is no cycle and the upper ones can be removed. */
class ArchitectureTest {

    private static final String ROOT = "io.tapsentinel";
    /** From the top to the bottom. */
    private static final List<String> PACKAGES = List.of(
            "",
            ".doctor",
            ".app",
            ".report.page",
            ".report",
            ".monitoring.table",
            ".monitoring.metrics",
            ".monitoring.health",
            ".monitoring",
            ".yamlroutes",
            ".replay",
            ".archive",
            ".read",
            ".rejected",
            ".sandbox",
            ".store.keys",
            ".store.ledger",
            ".store",
            ".sentinel",
            ".sentinel.batch",
            ".sentinel.upload",
            ".sentinel.azure",
            ".sentinel.schema",
            ".tap.answer",
            ".tap.api",
            ".tap.plan",
            ".net",
            ".event",
            ".config",
            ".process");

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages(ROOT);

    static List<String> packages() {
        return PACKAGES.subList(1, PACKAGES.size());
    }

    @ParameterizedTest
    @MethodSource("packages")
    void usesOnlyPackagesBelowIt(String name) {
        String[] above = PACKAGES.stream()
                .limit(PACKAGES.indexOf(name))
                .map(ROOT::concat)
                .toArray(String[]::new);

        noClasses()
                .that()
                .resideInAPackage(ROOT + name)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(above)
                .check(CLASSES);
    }

    @Test
    void onlyTheEntryPointRunsTheSandbox() {
        noClasses()
                .that()
                .resideOutsideOfPackages(ROOT, ROOT + ".sandbox")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(ROOT + ".sandbox")
                .check(CLASSES);
    }

    @Test
    void everyPackageIsListedAndDocumented() {
        Set<String> found = CLASSES.stream()
                .map(type -> type.getPackageName().substring(ROOT.length()))
                .collect(Collectors.toSet());

        assertThat(found).containsExactlyInAnyOrderElementsOf(PACKAGES);
        assertThat(PACKAGES)
                .allSatisfy(name -> assertThat(Path.of("src/main/java", (ROOT + name).split("\\."))
                                .resolve("package-info.java"))
                        .isRegularFile());
    }
}
