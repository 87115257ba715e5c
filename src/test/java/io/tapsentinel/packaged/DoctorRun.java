package io.tapsentinel.packaged;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.packaged.DoctorPage.Scenario;
import io.tapsentinel.testing.PackagedProgram;
import io.tapsentinel.testing.TestAuthority;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.AbstractStringAssert;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The doctor as a process, without a locale, against all that it asks; what it prints is the page about it. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
abstract class DoctorRun {

    static final Duration SOON = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    @AutoClose
    DoctorServices stage;

    PackagedProgram.Launch launch;

    @BeforeEach
    void start() throws Exception {
        stage = new DoctorServices(TestAuthority.shared());
        launch = stage.launch(folder);
    }

    static AbstractStringAssert<?> assertThatOnly(String check, String cause, List<String> lines) {
        assertThat(lines)
                .filteredOn(line -> line.startsWith("✗ "))
                .as("problems")
                .hasSize(1);
        return assertThat(lines.stream()
                        .filter(line -> line.startsWith("✗ "))
                        .findFirst()
                        .orElseThrow())
                .startsWith("✗ " + check + ": ")
                .contains(cause);
    }

    /** What it prints, which is what the page has of this scenario. */
    List<String> examine(Scenario scenario, int exit) throws Exception {
        List<String> lines = run(exit);
        DoctorPage.assertThatItShows(scenario, String.join("\n", lines), launch.work());
        return lines;
    }

    /** What it prints; all else that a run says would be too much. */
    List<String> run(int exit) throws Exception {
        try (PackagedProgram doctor = launch.start("doctor");
                Stream<Path> before = Files.list(launch.work())) {
            List<Path> files = before.sorted().toList();
            assertThat(doctor.awaitExit(SOON)).as(doctor.output()).isEqualTo(exit);
            assertThat(doctor.output())
                    .doesNotContain("Exception in", "\tat ", DoctorServices.TOKEN, "name-in-a-token", "Bearer");
            try (Stream<Path> after = Files.list(launch.work())) {
                assertThat(after.sorted()).isEqualTo(files);
            }
            assertThat(doctor.lines())
                    .allMatch(line -> line.matches("[✓✗-] [\\w -]+: .*|tap-sentinel: doctor: \\d+ problems?.*"));
            return doctor.lines();
        }
    }
}
