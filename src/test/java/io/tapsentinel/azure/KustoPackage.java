package io.tapsentinel.azure;

import io.tapsentinel.testing.NpmPackage;
import java.nio.file.Path;

/** The Kusto language service. Its version is exact, so that what binds today binds tomorrow. */
final class KustoPackage {

    /** Down to the last file that the check needs. */
    private static final NpmPackage KUSTO = new NpmPackage(
            "@kusto/language-service-next", "12.4.1", "kusto", "Kusto.Language.Bridge.js", "no query was bound");

    private KustoPackage() {}

    /** Folder of the package. Without it the test is skipped, and fails under CI. */
    static Path installed() {
        return KUSTO.installed();
    }
}
