package io.tapsentinel;

import io.tapsentinel.trial.TestDatabase;
import org.junit.platform.suite.api.AfterSuite;
import org.junit.platform.suite.api.BeforeSuite;
import org.junit.platform.suite.api.IncludeClassNamePatterns;
import org.junit.platform.suite.api.SelectClasses;
import org.junit.platform.suite.api.Suite;

/** The simulated day, outages, every fault of both services, and kills, on PostgreSQL. */
@Suite
@SelectClasses(value = {SimulatedDayIT.class, OutagesIT.class}, names = {"io.tapsentinel.packaged.FaultsIT",
        "io.tapsentinel.packaged.KillIT", "io.tapsentinel.packaged.KillsIT"})
@IncludeClassNamePatterns(".*IT")
class OnPostgresIT {

    @BeforeSuite
    static void choose() {
        System.setProperty(TestDatabase.OPTION, TestDatabase.POSTGRESQL);
    }

    @AfterSuite
    static void goBack() {
        System.clearProperty(TestDatabase.OPTION);
    }
}
