package io.tapsentinel.yamlroutes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A pipe among the files of routes; Java cannot make one, so that a child process does. */
class IrregularFileIT {

    @Test
    @Timeout(60)
    void whatIsNoRegularFileIsRefusedAndNotWaitedFor(@TempDir Path folder) throws Exception {
        assertThat(new ProcessBuilder("mkfifo", folder.resolve("x.camel.yaml").toString())
                        .start()
                        .waitFor())
                .isZero();

        assertThatThrownBy(() -> RouteFiles.in(folder)).hasMessageContaining("x.camel.yaml is no regular file");
    }
}
