package io.tapsentinel.yamlroutes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A named pipe among the route files; mkfifo makes it, since Java cannot. */
class IrregularFileIT {

    @Test
    @Timeout(60)
    void pipeIsRefusedWithoutBlocking(@TempDir Path folder) throws Exception {
        assertThat(new ProcessBuilder("mkfifo", folder.resolve("x.camel.yaml").toString())
                        .start()
                        .waitFor())
                .isZero();

        assertThatThrownBy(() -> RouteFiles.in(folder)).hasMessageContaining("x.camel.yaml is not a regular file");
    }
}
