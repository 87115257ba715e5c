package io.tapsentinel.doctor;

import static io.tapsentinel.doctor.DoctorSetup.lines;
import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.yamlroutes.RouteFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RoutesCheckTest {

    @TempDir
    Path folder;

    @Test
    void withoutAFolderThePackagedRoutesAreOk() {
        assertThat(lines(check())).containsExactly("✓ routes: 5 files OK (packaged)");
    }

    @Test
    void foreignRoutesGetALineForEachProblem() throws IOException {
        write("- route: {id: other, from: {uri: 'timer:x', steps: []}}\n");

        assertThat(lines(check()))
                .hasSizeGreaterThan(1)
                .allMatch(line -> line.startsWith("✗ routes: "))
                .anyMatch(line -> line.contains("tap-poll"));
    }

    @Test
    void unreadableFileIsNamedWithItsLine() throws IOException {
        write("- route: [");

        assertThat(lines(check())).singleElement().asString().startsWith("✗ routes: own.camel.yaml, line ");
    }

    private RoutesCheck check() {
        return new RoutesCheck(new DoctorSetup(() -> folder).properties(), folder);
    }

    private void write(String routes) throws IOException {
        Files.writeString(
                Files.createDirectories(folder.resolve(RouteFiles.FOLDER)).resolve("own.camel.yaml"), routes);
    }
}
