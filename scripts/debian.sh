# SPDX-License-Identifier: GPL-2.0
# Shell functions to ask Debian's archive through an apt configuration of our
# own: the system's lists, sources and package state are neither read nor
# changed. Sourced after lib.sh.
# shellcheck shell=sh disable=SC2154

keyring=/usr/share/keyrings/debian-archive-keyring.gpg
mirror=${DEBIAN_MIRROR:-http://deb.debian.org}

# debian_need_apt WHAT INSTEAD: die without apt.
debian_need_apt() {
	command -v apt-get >/dev/null 2>&1 || die "no apt here to fetch $1 with: $2"
}

# debian_update DIR WHAT INSTEAD SUITE...: lists of SUITE... in DIR, refreshed
# unless they are of the last hours. WHAT is looked for, INSTEAD is what to do
# without an archive. Use the lists with apt-get -c DIR/apt.conf.
debian_update() {
	_dir=$1
	_what=$2
	_instead=$3
	shift 3
	debian_need_apt "$_what" "$_instead"
	[ -r "$keyring" ] ||
		die "$keyring is missing (package debian-archive-keyring): install it, or $_instead"
	mkdir -p "$_dir/lists/partial" "$_dir/cache/archives/partial" "$_dir/state" "$_dir/none" ||
		die "cannot write to the cache $cache_dir"
	for _suite; do
		case $_suite in
		*-security) echo "deb [signed-by=$keyring] $mirror/debian-security $_suite main" ;;
		*) echo "deb [signed-by=$keyring] $mirror/debian $_suite main" ;;
		esac
	done >"$_dir/sources.list"
	cat >"$_dir/apt.conf" <<-END
		Dir::Etc::SourceList "$_dir/sources.list";
		Dir::Etc::SourceParts "-";
		Dir::Etc::Preferences "-";
		Dir::Etc::PreferencesParts "$_dir/none";
		Dir::State "$_dir/state";
		Dir::State::Lists "$_dir/lists";
		Dir::State::Status "/dev/null";
		Dir::Cache "$_dir/cache";
		APT::Sandbox::User "$(id -un)";
		Acquire::Retries "2";
		Acquire::http::Timeout "30";
	END
	# The lists of the last hours are good enough.
	[ -z "$(find "$_dir/updated" -mmin -720 2>/dev/null)" ] || return 0
	phase "$_dir/update.log" "asking Debian for $_what" \
		apt-get -c "$_dir/apt.conf" --error-on=any update ||
		die "no answer from Debian's archive ($(grep '^[EW]:' "$_dir/update.log" | tail -n 1)): check the network, or $_instead"
	touch "$_dir/updated"
}
