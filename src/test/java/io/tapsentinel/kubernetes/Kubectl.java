package io.tapsentinel.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import io.tapsentinel.testing.Tool;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** What {@code kubectl apply -k} would send, without a cluster. */
final class Kubectl {

    private static final Tool KUBECTL = new Tool("kubectl", "kubernetes-client");

    private Kubectl() {}

    /** The objects that a folder with a kustomization stands for. */
    static List<JsonNode> kustomize(Path folder) throws IOException {
        // on the error stream are warnings of what is deprecated, but still the only way for older ones
        return Manifests.documents(
                KUBECTL.run("kustomize", folder.toString()).assertSuccess().output());
    }
}
