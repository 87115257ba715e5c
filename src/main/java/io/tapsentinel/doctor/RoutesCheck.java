package io.tapsentinel.doctor;

import io.tapsentinel.config.InvalidSettingException;
import io.tapsentinel.event.HumanText;
import io.tapsentinel.yamlroutes.RouteContract;
import io.tapsentinel.yamlroutes.RouteFiles;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Consumer;

/** Checks the routes that a start in this directory would run, like {@code routes check}. */
final class RoutesCheck implements Check {

    private final Map<String, String> properties;
    private final Path folder;

    /** @param folder the working directory */
    RoutesCheck(Map<String, String> properties, Path folder) {
        this.properties = properties;
        this.folder = folder;
    }

    @Override
    public String name() {
        return "routes";
    }

    @Override
    public void run(Consumer<Finding> found) {
        try {
            RouteFiles files = RouteFiles.effective(folder);
            var problems = RouteContract.check(files, properties);
            problems.forEach(problem -> found.accept(Finding.problem(name(), problem)));
            if (problems.isEmpty()) {
                found.accept(Finding.ok(
                        name(),
                        HumanText.count(files.texts().size(), "file") + " OK ("
                                + (RouteFiles.areIn(folder.resolve(RouteFiles.FOLDER))
                                        ? RouteFiles.FOLDER + "/ in this directory)"
                                        : "packaged)")));
            }
        } catch (InvalidSettingException e) {
            found.accept(Finding.problem(name(), e.getMessage()));
        }
    }
}
