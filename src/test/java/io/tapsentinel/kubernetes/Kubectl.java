package io.tapsentinel.kubernetes;

import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What {@code kubectl apply -k} would send, without a cluster. Without kubectl the test is skipped, and fails under CI. */
final class Kubectl {

    private Kubectl() {}

    /** The objects that a folder with a kustomization stands for. */
    static List<JsonNode> kustomize(Path folder) throws IOException {
        Path said = Files.createTempFile("kubectl-", ".txt");
        try {
            Process process = start(folder, said);
            String yaml = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new AssertionError(folder + ": " + Files.readString(said));
            }
            return Manifests.documents(yaml);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } finally {
            Files.delete(said);
        }
    }

    private static Process start(Path folder, Path said) {
        try {
            // warnings of what is deprecated but still the only way for older ones
            return new ProcessBuilder("kubectl", "kustomize", folder.toString())
                    .redirectError(Redirect.to(said.toFile()))
                    .start();
        } catch (IOException e) {
            String why =
                    "kubectl (package kubernetes-client) cannot be started, no overlay was built: " + e.getMessage();
            return System.getenv("CI") == null ? abort(why) : fail(why);
        }
    }
}
